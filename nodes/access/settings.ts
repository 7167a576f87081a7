import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Access, type AdminAuth, firstOwner, openAccess } from './access.js';
import type { OidcSettings } from './oidc.js';
import type { PageSocket } from './page-socket.js';
import { passHeader } from './pass.js';

export interface LockOptions {
  /** Where people are sent after signing in; `/dashboard` unless said. */
  readonly home?: string;
  /** `https://site.example`, behind a proxy that ends TLS. */
  readonly publicUrl?: string;
  readonly oidc?: OidcSettings;
  /** Of the first owner, from the environment; without one it is made and printed once. */
  readonly ownerPassword?: string;
}

/** What of Node-RED's settings the lock reads. */
export interface NodeRedSettings {
  readonly userDir?: string;
  readonly uiPort?: number | string;
  readonly dashboard?: object;
  readonly editorTheme?: object;
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

export interface LockedSettings {
  readonly adminAuth: AdminAuth;
  readonly httpAdminMiddleware: Middleware;
  readonly httpNodeAuth: Middleware;
  readonly dashboard: object;
  readonly editorTheme: object;
}

/**
 * For a `settings.js` of one's own: `module.exports = lock({ … })`. Editor, dashboard with its Socket.IO, and every `http in` get one door.
 * At least one of `httpAdminRoot` and `httpNodeRoot` must be `/`, since the pages of the door lie under `/access/`.
 */
export function lock<T extends NodeRedSettings>(settings: T, options: LockOptions = {}): T & LockedSettings {
  const folder = settings.userDir ?? join(homedir(), '.node-red');
  const port = Number(settings.uiPort ?? process.env['PORT'] ?? 1880);
  const { ownerPassword, home = '/dashboard', ...rest } = options;
  const opening = openAccess({ ...rest, home, folder, port, note: noteOnConsole }, ownerPassword).then((access) => {
    if (access.firstPassword)
      console.log(`Percept: sign in as "${firstOwner}", one-time password ${access.firstPassword}`);
    return access;
  });
  // told with every request; a rejection that nobody has asked for yet must not end Node-RED
  opening.catch((thrown: unknown) => console.error(`Percept: the door stays closed: ${String(thrown)}`));
  const guarded = new WeakSet<Server>();

  const middleware: Middleware = (request, response, next) => {
    opening.then(
      (access) => {
        guard(request, access, guarded);
        access.middleware(request, response, next);
      },
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
    },
    httpAdminMiddleware: middleware,
    httpNodeAuth: middleware,
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
  };
}

/** Node-RED doesn't show its server to its settings; the first request does, and no page opens a socket before it has loaded. */
function guard({ socket }: IncomingMessage, access: Access, guarded: WeakSet<Server>): void {
  const server = 'server' in socket ? (socket.server as Server | null) : null;
  if (!server || guarded.has(server)) return;
  guarded.add(server);
  server.prependListener('upgrade', access.guardUpgrades);
}

function noteOnConsole({ action, user, way }: { action: string; user: string; way?: string }): void {
  console.log(`Percept: ${user || 'somebody'} ${action}${way ? ` (${way})` : ''}`);
}
