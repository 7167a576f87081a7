import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { firstOwner, openAccess } from './access.js';
import type { AdminAuth } from './admin-auth.js';
import { auditIn } from './audit-sink.js';
import { changesHandler as changes } from './changes.js';
import type { DoorEvent } from './door.js';
import { type Gate, guardServer } from './gate.js';
import type { NodeRedDoor } from './node-red-door.js';
import type { OidcSettings } from './oidc.js';
import type { PageSocket } from './page-socket.js';
import { passHeader } from './pass.js';

export interface LockOptions {
  /** Where people are sent after signing in; `/dashboard` unless said. */
  readonly home?: string;
  /** `https://site.example`, behind a proxy that ends TLS. Links in notices lead there too. */
  readonly publicUrl?: string;
  /** Where that proxy is, when it is on another machine: `192.168.1.2` or `172.16.0.0/12`. */
  readonly proxies?: readonly string[];
  readonly oidc?: OidcSettings;
  /** Of the first owner, from the environment; without one it is made and printed once. */
  readonly ownerPassword?: string;
  /** Store whose audit log is told who came in and what they changed: a file, or `postgres://…`; false: the console alone. */
  readonly audit?: string | false;
}

/** What of Node-RED's settings the lock reads. */
export interface NodeRedSettings {
  readonly userDir?: string;
  readonly uiPort?: number | string;
  readonly httpNodeRoot?: string | false;
  readonly dashboard?: object;
  readonly editorTheme?: object;
  readonly logging?: object;
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

export interface LockedSettings {
  readonly adminAuth: AdminAuth;
  readonly httpAdminMiddleware: Middleware;
  readonly httpNodeAuth: Middleware;
  readonly webSocketNodeVerifyClient: (
    asking: { readonly req: IncomingMessage },
    answer: (allowed: boolean) => void,
  ) => void;
  readonly dashboard: object;
  readonly editorTheme: object;
  readonly logging: object;
  readonly perceptDoor: NodeRedDoor;
}

/**
 * For a `settings.js` of one's own: `module.exports = lock({ … })`. Editor, dashboard with its Socket.IO, and every `http in` get one door.
 * At least one of `httpAdminRoot` and `httpNodeRoot` must be `/`, since the pages of the door lie under `/access/`.
 */
export function lock<T extends NodeRedSettings>(settings: T, options: LockOptions = {}): T & LockedSettings {
  const folder = settings.userDir ?? join(homedir(), '.node-red');
  const port = Number(settings.uiPort ?? process.env['PORT'] ?? 1880);
  const { ownerPassword, audit, home = '/dashboard', ...rest } = options;
  if (options.publicUrl) process.env['PERCEPT_PUBLIC_URL'] ??= options.publicUrl;
  const nodeRoot = settings.httpNodeRoot || undefined;
  const note = noter(audit ?? join(folder, 'percept/percept.sqlite'));
  const opening = openAccess({ ...rest, home, folder, port, nodeRoot, note }, ownerPassword).then((access) => {
    if (access.firstPassword)
      console.log(`Percept: sign in as "${firstOwner}", one-time password ${access.firstPassword}`);
    return access;
  });
  // told with every request; a rejection that nobody has asked for yet must not end Node-RED
  opening.catch((thrown: unknown) => console.error(`Percept: the door stays closed: ${String(thrown)}`));

  const gate: Gate = {
    admit: (request, response, next) => {
      opening.then(
        (access) => access.admit(request, response, next),
        () => closed(response),
      );
    },
    admitSocket: (request, socket, next) => {
      opening.then(
        (access) => access.admitSocket(request, socket, next),
        () => socket.destroy(),
      );
    },
  };
  const middleware: Middleware = (request, response, next) => {
    // where our plugin isn't installed, the first request is the first to show the server
    const server = 'server' in request.socket ? (request.socket.server as Server | null) : null;
    if (server) guardServer(server, gate);
    opening.then(
      (access) => access.middleware(request, response, next),
      (thrown: unknown) => next(thrown),
    );
  };
  return {
    ...settings,
    adminAuth: {
      type: 'credentials',
      users: async (name) => (await opening).adminAuth.users(name),
      authenticate: async () => null,
      tokens: async (pass) => (await opening).adminAuth.tokens(pass),
      tokenHeader: passHeader,
      knownSince: async (name) => (await opening).adminAuth.knownSince(name),
      saw: (request, what) => void opening.then(({ adminAuth }) => adminAuth.saw(request, what)),
    },
    httpAdminMiddleware: middleware,
    httpNodeAuth: middleware,
    webSocketNodeVerifyClient: ({ req }, answer) => {
      opening.then(
        (access) => answer(access.mayOpen(req)),
        () => answer(false),
      );
    },
    dashboard: {
      ...settings.dashboard,
      middleware,
      ioMiddleware: (socket: PageSocket, next: (error?: Error) => void) => {
        opening.then(
          (access) => access.ioMiddleware(socket, next),
          () => next(new Error('locked')),
        );
      },
    },
    editorTheme: { ...settings.editorTheme, logout: { redirect: '/access/sign-out' } },
    logging: { console: { level: 'info', metrics: false, audit: false }, ...settings.logging, percept: changes(note) },
    perceptDoor: { guard: (server) => guardServer(server, gate) },
  };
}

function closed(response: ServerResponse): void {
  response.writeHead(503, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
  response.end('503: the door could not be opened; the log says why\n');
}

/** @returns tells the console, and the audit log of the store */
function noter(store: string | false): (event: DoorEvent) => void {
  const write = store === false ? undefined : auditIn(store);
  return (event) => {
    const { action, user, way, what } = event;
    const how = [way, what].filter(Boolean).join(', ');
    console.log(`Percept: ${user || 'somebody'} ${action}${how ? ` (${how})` : ''}`);
    write?.(event);
  };
}
