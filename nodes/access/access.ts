import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { away, denied, go, headers, mustChange, refuse } from './answers.js';
import { StartCode } from './codes.js';
import { openDatabase } from './database.js';
import { Door, type DoorEvent } from './door.js';
import { Live } from './live.js';
import { Oidc, type OidcSettings } from './oidc.js';
import { maySend, type PageSocket } from './page-socket.js';
import { Pass, passHeader } from './pass.js';
import { bearerOf, cookieOf, isEncrypted, isOwnOrigin, isRead, urlOf } from './request.js';
import { atLeast, editorPermissions } from './roles.js';
import { type Identity, type Session, Sessions } from './sessions.js';
import { Users } from './users.js';

export interface AccessOptions {
  /** Folder for `access.sqlite`. */
  readonly folder: string;
  /** Cookies know no ports: it goes into the cookie's name, so that two on one machine don't sign each other out. */
  readonly port: number;
  /** `https://site.example`, where a proxy in front makes it another than what requests show. */
  readonly publicUrl?: string | undefined;
  readonly oidc?: OidcSettings | undefined;
  /** Where people go who asked for nothing in particular. */
  readonly home?: string;
  /** Who came in, left or was refused. */
  readonly note?: (event: DoorEvent) => void;
}

/** Node-RED's `adminAuth`. */
export interface AdminAuth {
  readonly type: 'credentials';
  readonly users: (name: string) => Promise<NodeRedUser | null>;
  readonly authenticate: () => Promise<null>;
  readonly tokens: (pass: string) => Promise<NodeRedUser | null>;
  readonly tokenHeader: string;
}

interface NodeRedUser {
  readonly username: string;
  readonly permissions: string[];
}

export interface Access {
  readonly users: Users;
  readonly sessions: Sessions;
  /** Path and query of the address that lets in whoever started it, once. */
  readonly startAddress: (next?: string) => string;
  /** The first owner's one-time password, when there was nobody yet and none was given. */
  readonly firstPassword: string | undefined;
  readonly adminAuth: AdminAuth;
  /** Express-style, before every HTTP route: editor, dashboard, pictures and APIs. */
  middleware(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** For the dashboard's Socket.IO: its pages' lock alone leaves this channel open. */
  ioMiddleware(socket: PageSocket, next: (error?: Error) => void): void;
  /** Before every WebSocket of the server, also the editor's own. */
  guardUpgrades(request: IncomingMessage, socket: Duplex): void;
  close(): Promise<void>;
}

export const firstOwner = 'owner';

/**
 * One door before everything that is served.
 * @param password of the first owner, for installations that nobody watches; only used while there is nobody yet
 * @throws PerceptError `access-password-weak`
 */
export async function openAccess(options: AccessOptions, password?: string): Promise<Access> {
  const database = openDatabase(join(options.folder, 'access.sqlite'));
  const [users, sessions] = [new Users(database), new Sessions(database)];
  const nobody = users.list().length === 0;
  const firstPassword = nobody ? await users.add(firstOwner, 'owner', password) : undefined;
  const [code, live, pass] = [new StartCode(), new Live(), new Pass()];
  const home = options.home ?? '/';
  const place = { publicUrl: options.publicUrl };
  const plainCookie = `percept_${options.port}`;
  const cookie = options.publicUrl?.startsWith('https:') ? `__Host-${plainCookie}` : plainCookie;
  const door = new Door({
    ...place,
    users,
    sessions,
    code,
    oidc: options.oidc && new Oidc(options.oidc),
    cookie,
    home,
    note: (event) => options.note?.(event),
    ended: (session) => live.end(session),
  });

  const sessionOf = (request: IncomingMessage): Session | undefined => sessions.find(cookieOf(request, cookie));
  const tokenOf = (request: IncomingMessage): Identity | undefined => sessions.findToken(bearerOf(request));

  /** Who may open a socket: not another site's page with this browser's cookie. */
  const opener = (request: IncomingMessage): { identity: Identity; allowed: () => boolean; id: string } | undefined => {
    const session = sessionOf(request);
    if (session && !session.mustChange && isOwnOrigin(request, place))
      return { identity: session, allowed: () => sessionOf(request) !== undefined, id: session.id };
    const identity = tokenOf(request);
    return identity && { identity, allowed: () => tokenOf(request) !== undefined, id: '' };
  };

  return {
    users,
    sessions,
    startAddress: (next) => `/access/start?code=${code.code}${next ? `&next=${encodeURIComponent(next)}` : ''}`,
    firstPassword,
    adminAuth: adminAuth(pass, users),
    middleware(request, response, next) {
      delete request.headers[passHeader];
      headers(request, response, isEncrypted(request, place));
      const session = sessionOf(request);
      if (urlOf(request).pathname.startsWith('/access/')) {
        void door.handle(request, response, session);
        return;
      }
      const identity = session ?? tokenOf(request);
      if (!identity) return away(request, response);
      if (session && !isRead(request) && !isOwnOrigin(request, place)) return refuse(response, 403);
      if (session?.mustChange) return mustChange(request, response);
      if (!atLeast(identity.role, isRead(request) ? 'viewer' : 'operator'))
        return denied(request, response, identity, 'operator', home);
      if (urlOf(request).pathname === '/' && !atLeast(identity.role, 'operator')) return go(response, home);
      request.headers[passHeader] = pass.write(identity);
      next();
    },
    ioMiddleware(socket, next) {
      const found = opener(socket.request);
      if (!found) return next(new Error('locked'));
      const { identity, allowed, id } = found;
      socket.data['percept'] = { user: identity.user, role: identity.role };
      socket.use((packet, pass) => {
        if (!allowed()) socket.disconnect(true);
        else if (maySend(identity.role, packet)) pass();
        else pass(new Error('not for this role'));
      });
      socket.once(
        'disconnect',
        live.add(id, allowed, () => socket.disconnect(true)),
      );
      next();
    },
    guardUpgrades(request, socket) {
      delete request.headers[passHeader];
      const found = opener(request);
      if (!found) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        socket.destroy();
        return;
      }
      request.headers[passHeader] = pass.write(found.identity);
      socket.once(
        'close',
        live.add(found.id, found.allowed, () => socket.destroy()),
      );
    },
    async close() {
      live.stop();
      database.close();
    },
  };
}

function adminAuth(pass: Pass, users: Users): AdminAuth {
  const nodeRedUser = ({ user, role }: Identity): NodeRedUser => ({
    username: user,
    permissions: editorPermissions(role),
  });
  return {
    type: 'credentials',
    users: async (name) => {
      const user = users.find(name);
      return user ? nodeRedUser({ user: user.name, role: user.role }) : null;
    },
    // there is one door: Node-RED's own would be a second, without our limits on guessing
    authenticate: async () => null,
    tokens: async (given) => {
      const identity = pass.read(given);
      return identity ? nodeRedUser(identity) : null;
    },
    tokenHeader: passHeader,
  };
}
