import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { sawAgainMs } from '../store/audit.js';
import { Recently } from '../store/recently.js';
import { addressOf, Proxies } from './address.js';
import { type AdminAuth, adminAuth } from './admin-auth.js';
import { capabilities } from './capability.js';
import { changesHandler, type LogHandler } from './changes.js';
import { StartCode } from './codes.js';
import { openDatabase } from './database.js';
import { Door, type DoorEvent } from './door.js';
import type { Gate } from './gate.js';
import { judgeWith } from './judge.js';
import { Live } from './live.js';
import { Oidc, type OidcSettings } from './oidc.js';
import { knowUser, maySend, type PageSocket, withoutClaims } from './page-socket.js';
import { Pass, passHeader } from './pass.js';
import { bearerOf, cookieOf, isChannel, isOwnOrigin } from './request.js';
import { atLeast } from './roles.js';
import { type Identity, type Session, Sessions } from './sessions.js';
import { Users } from './users.js';

export interface AccessOptions {
  /** Folder for `access.sqlite`. */
  readonly folder: string;
  /** Cookies know no ports: it goes into the cookie's name, so that two on one machine don't sign each other out. */
  readonly port: number;
  /** `https://site.example`, where a proxy in front makes it another than what requests show. */
  readonly publicUrl?: string | undefined;
  /** With `publicUrl`: where that proxy is, when it is on another machine; whose word counts about who asked. */
  readonly proxies?: readonly string[] | undefined;
  readonly oidc?: OidcSettings | undefined;
  /** Where people go who asked for nothing in particular. */
  readonly home?: string;
  /** Where nodes serve their addresses, as Node-RED's `httpNodeRoot`. */
  readonly nodeRoot?: string | undefined;
  /** Who came in, left or was refused. */
  readonly note?: (event: DoorEvent) => void;
}

export interface Access extends Gate {
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
  /** Whether this WebSocket may be opened to talk to flows. */
  mayOpen(request: IncomingMessage): boolean;
  /** For Node-RED's `settings.logging`: notes who changes something through its admin API. */
  readonly changes: LogHandler;
  close(): Promise<void>;
}

export const firstOwner = 'owner';
const mostSights = 10_000;

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
  const proxies = options.publicUrl === undefined ? undefined : new Proxies(options.proxies);
  const place = { publicUrl: options.publicUrl, proxies };
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
  const opener = (request: IncomingMessage): Opener | undefined => {
    const session = sessionOf(request);
    if (session && !session.mustChange && isOwnOrigin(request, place))
      return { identity: session, now: () => sessionOf(request), id: session.id };
    const identity = tokenOf(request);
    return identity && { identity, now: () => tokenOf(request), id: '' };
  };

  const sights = new Recently(sawAgainMs, mostSights);
  const saw = (request: IncomingMessage, what: string): void => {
    const user = pass.read(String(request.headers[passHeader] ?? ''))?.user;
    if (user === undefined || !sights.isNew(JSON.stringify([user, what]), Date.now())) return;
    options.note?.({ action: 'saw', user, address: addressOf(request, proxies), way: 'file', what });
  };

  const judge = judgeWith({
    ...place,
    ...{ pass, home, sessionOf, tokenOf, isCapability: capabilities(options.nodeRoot) },
    atDoor: (request, response, session) => void door.handle(request, response, session),
    opened(request, response, identity, session) {
      const now = () => (session ? sessionOf(request) : tokenOf(request));
      const ended = live.add(
        session?.id ?? '',
        () => atLeastNow(now(), identity),
        () => response.destroy(),
      );
      response.once('close', ended);
    },
  });

  return {
    users,
    sessions,
    startAddress: (next) => `/access/start?code=${code.code}${next ? `&next=${encodeURIComponent(next)}` : ''}`,
    firstPassword,
    adminAuth: adminAuth(pass, users, saw),
    admit: (request, response, next) => judge(request, response, next, true),
    middleware: (request, response, next) => judge(request, response, next, false),
    ioMiddleware(socket, next) {
      const found = opener(socket.request);
      if (!found) {
        next(new Error('locked'));
        return;
      }
      const { identity, now, id } = found;
      knowUser(socket, identity);
      socket.use((packet, pass) => {
        const current = now();
        if (!current) {
          socket.disconnect(true);
          return;
        }
        knowUser(socket, current);
        if (maySend(current.role, packet) && withoutClaims(packet)) pass();
        else pass(new Error('not for this role'));
      });
      socket.once(
        'disconnect',
        live.add(
          id,
          () => now() !== undefined,
          () => socket.disconnect(true),
        ),
      );
      next();
    },
    admitSocket(request, socket, next) {
      delete request.headers[passHeader];
      const found = opener(request);
      // what viewers send over other sockets nobody looks at
      if (!found || !(isChannel(request) || atLeast(found.identity.role, 'operator'))) {
        socket.on('error', () => undefined);
        socket.end(
          `HTTP/1.1 ${found ? '403 Forbidden' : '401 Unauthorized'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        );
        socket.destroy();
        return;
      }
      const { identity, now, id } = found;
      request.headers[passHeader] = pass.write(identity);
      socket.once(
        'close',
        live.add(
          id,
          () => atLeastNow(now(), identity),
          () => socket.destroy(),
        ),
      );
      next();
    },
    mayOpen(request) {
      const found = opener(request);
      return found !== undefined && atLeast(found.identity.role, 'operator');
    },
    changes: changesHandler((event) => options.note?.(event)),
    async close() {
      live.stop();
      database.close();
    },
  };
}

interface Opener {
  readonly identity: Identity;
  /** Who it is by now; undefined: nobody who may be here. */
  readonly now: () => Identity | undefined;
  readonly id: string;
}

/** What was opened with more rights than are left ends. */
function atLeastNow(current: Identity | undefined, opened: Identity): boolean {
  return current !== undefined && atLeast(current.role, opened.role);
}
