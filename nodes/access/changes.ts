import type { DoorEvent } from './door.js';

/** What Node-RED tells its log handlers of who asked its admin API for something. */
export interface AdminEvent {
  readonly level: number;
  readonly event?: unknown;
  readonly user?: unknown;
  readonly ip?: unknown;
  readonly [property: string]: unknown;
}

export interface LogHandler {
  readonly level: 'off';
  readonly metrics: false;
  readonly audit: true;
  readonly handler: () => (entry: AdminEvent) => void;
}

/** What changes something, of all that Node-RED tells; reading flows and settings is what its editor does all day. */
const changes =
  /^(flows?\.(set|add|update|remove|state\.set|setState)|nodes\.(install|remove|module\.set|info\.set)|library\.(set|delete)|context\.delete|projects\.(?!get|list).+)$/;

/** What of an entry says what was changed; the rest may be private. */
const telling = ['type', 'id', 'module', 'version', 'enabled', 'scope', 'key', 'path', 'error', 'permissions'] as const;

/** For `settings.logging`: tells who deployed, installed or deleted through the admin API, and who tried without being allowed to. */
export function changesHandler(note: (event: DoorEvent) => void): LogHandler {
  const handler = (entry: AdminEvent): void => {
    const event = changeIn(entry);
    if (event) note(event);
  };
  return { level: 'off', metrics: false, audit: true, handler: () => handler };
}

export function changeIn(entry: AdminEvent): DoorEvent | undefined {
  const { event, user, ip } = entry;
  if (typeof event !== 'string') return undefined;
  const denied = event === 'permission.fail';
  if (!(denied || changes.test(event))) return undefined;
  const name = (user as { username?: unknown } | undefined)?.username;
  const detail = telling.flatMap((key): [string, string | boolean][] => {
    const value = entry[key];
    return typeof value === 'string' || typeof value === 'boolean' ? [[key, value]] : [];
  });
  return {
    action: denied ? 'denied' : 'changed',
    user: typeof name === 'string' ? name : '',
    address: typeof ip === 'string' ? ip : '',
    what: event,
    detail: Object.fromEntries(detail),
  };
}
