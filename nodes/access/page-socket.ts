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

/**
 * Whether somebody of this role may send this from a page. A viewer's widgets may ask (`{ payload, request }`) and choose what is shown (`{ select }`);
 * whatever else a widget sends goes into a flow and does something.
 * @param packet event, widget, message
 */
export function maySend(role: Role, [event, , message]: readonly unknown[]): boolean {
  if (atLeast(role, 'operator')) return true;
  if (typeof event !== 'string') return false;
  if (looking.has(event)) return true;
  if (event !== 'widget-action' || typeof message !== 'object' || message === null) return false;
  const keys = Object.keys(message);
  const only = (...allowed: string[]): boolean =>
    keys.length === allowed.length && allowed.every((key) => Object.hasOwn(message, key));
  return only('select') || (only('payload', 'request') && 'request' in message && typeof message.request === 'string');
}
