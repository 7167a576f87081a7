import { join } from 'node:path';
import { type Static, Type } from 'typebox';

export const AnomalyConfig = Type.Object({
  /** Of normal sound to learn from. */
  minutes: Type.Number({ minimum: 0.1, maximum: 1440, default: 10 }),
  auto: Type.Boolean({ default: true }),
  /** False alarms a day. */
  perDay: Type.Number({ exclusiveMinimum: 0, maximum: 1000, default: 1 }),
  /** Time constant; 0: what changes slowly is not followed. */
  driftHours: Type.Number({ minimum: 0, maximum: 8760, default: 24 }),
});
export type AnomalyConfig = Static<typeof AnomalyConfig>;

export const AnomalyControl = Type.Object({
  learn: Type.Union([Type.Boolean(), Type.Enum(['start', 'finish', 'cancel'])]),
});

/** Where a node keeps what it has learned. */
export function modelFolder(userDir: string, id: string): string {
  return join(userDir, 'percept', 'anomaly', id);
}
