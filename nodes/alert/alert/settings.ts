import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { PolicySettings } from '../policy/settings.js';

export const AlertConfig = Type.Object({
  store: Type.Optional(Type.String()),
  /** Alert nodes of one name share their alerts, also in other processes; empty: the node's own. */
  policy: Type.String({ maxLength: 200, default: '' }),
  /** s between two signs of life; 0: none. */
  heartbeat: Type.Number({ minimum: 0, maximum: 86_400, default: 60 }),
  /** On the page that a notice's link opens: address of the live picture, with `{source}` and `{zone}`; number to be called. */
  live: Type.String({ maxLength: 1_000, default: '' }),
  call: Type.String({ maxLength: 40, default: '' }),
  ...PolicySettings.properties,
});
export type AlertConfig = Static<typeof AlertConfig>;

/** Where a node keeps what waits for a store that is away. */
export function journalPath(userDir: string, id: string): string {
  return join(userDir, 'percept', `alert-${id}.jsonl`);
}
