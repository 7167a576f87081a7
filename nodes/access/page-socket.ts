import { atLeast, type Role } from './roles.js';

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
];

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
  return questions.some((known) => keys.length === known.length && known.every((key) => Object.hasOwn(message, key)));
}
