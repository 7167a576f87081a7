import { atLeast, type Role } from './roles.js';
import type { Identity } from './sessions.js';

/** The part of Socket.IO's server socket that the lock needs. */
export interface PageSocket {
  readonly request: import('node:http').IncomingMessage;
  readonly data: Record<string, unknown>;
  use(middleware: (packet: unknown[], next: (error?: Error) => void) => void): void;
  once(event: 'disconnect', listener: () => void): void;
  disconnect(close: boolean): void;
}

/** What a page sends when it only looks: loading a widget, and telling which page is open. */
const looking = new Set(['widget-load', 'ui-control']);

/** What our widgets send when they only look: which keys, and nothing beside them. Whatever else they send does something in a flow. */
const questions: readonly (readonly string[])[] = [
  ['select'],
  ['payload', 'request'],
  ['watch', 'fresh'],
  ['whole'],
  ['about', 'models'],
  ['policy'],
  ['channels'],
];

/** Kinds of a question that do more than tell: an export may write a file. */
const notForViewers = new Set<unknown>(['export']);

/**
 * Whether somebody of this role may send this from a page: viewers may ask and choose what is shown.
 * @param packet event, widget, message
 */
export function maySend(role: Role, [event, , message]: readonly unknown[]): boolean {
  if (atLeast(role, 'operator')) return true;
  if (typeof event !== 'string') return false;
  if (looking.has(event)) return true;
  if (event !== 'widget-action' || typeof message !== 'object' || message === null) return false;
  const keys = Object.keys(message);
  if (!questions.some((known) => keys.length === known.length && known.every((key) => Object.hasOwn(message, key))))
    return false;
  const { payload } = message as { payload?: unknown };
  if (payload === undefined) return true;
  return (
    typeof payload === 'object' && payload !== null && !notForViewers.has((payload as Record<string, unknown>)['kind'])
  );
}

/** Who sent a message from a page, as flows read it in `msg._client.user`. */
export interface PageUser {
  readonly name: string;
  readonly role: Role;
}

const place = 'percept';

export function knowUser(socket: Pick<PageSocket, 'data'>, { user, role }: Identity): void {
  socket.data[place] = { name: user, role } satisfies PageUser;
}

/** Who has this page open, where there is a door. */
export function userOf(socket: { readonly data?: Readonly<Record<string, unknown>> }): PageUser | undefined {
  return socket.data?.[place] as PageUser | undefined;
}

/** Messages may come as lists of lists; nobody means them deeper than this, and whoever reads them would run out of stack. */
const deepest = 10;

/**
 * Who somebody is, says the door: what a page writes there itself is taken out.
 * @returns whether the packet may go on
 */
export function withoutClaims(part: unknown, depth = 0): boolean {
  if (typeof part !== 'object' || part === null) return true;
  if (Array.isArray(part)) return depth < deepest && part.every((one) => withoutClaims(one, depth + 1));
  if (Object.hasOwn(part, '_client')) delete (part as { _client?: unknown })._client;
  return true;
}
