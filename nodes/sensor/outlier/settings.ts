import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Time } from '../../kit/index.js';

export const OutlierConfig = Type.Object({
  /** Each quantity by itself, or all that a source measures at one instant as one row. */
  watch: Type.Enum(['each', 'together'], { default: 'each' }),
  /** Per series, or per source when its quantities are watched together. */
  falseAlarmsPerWeek: Type.Number({ exclusiveMinimum: 0, maximum: 10_000, default: 1 }),
  /** Rows. */
  warmUp: Type.Integer({ minimum: 30, maximum: 100_000, default: 300 }),
  /** What cannot be measured there: a reading beyond is a finding at once. */
  ranges: Type.Array(
    Type.Object({
      quantity: Type.String({ minLength: 1, maxLength: 200 }),
      low: Type.Optional(Type.Number()),
      high: Type.Optional(Type.Number()),
    }),
    { maxItems: 200, default: [] },
  ),
  /** Series (or sources) that are remembered; beyond that whoever was silent for longest is forgotten. */
  maxSources: Type.Integer({ minimum: 1, maximum: 100_000, default: 2000 }),
  /** s */
  saveSeconds: Type.Integer({ minimum: 1, maximum: 86_400, default: 60 }),
});
export type OutlierConfig = Static<typeof OutlierConfig>;

/** A stretch that is neither judged nor learnt from. */
export const MaintenanceWindow = Type.Object({
  /** Empty: all of them. */
  source: Type.String({ maxLength: 200, default: '' }),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
});
export type MaintenanceWindow = Static<typeof MaintenanceWindow>;

export const OutlierControl = Type.Object({
  /** "This was fine", about `msg.finding`. */
  feedback: Type.Literal('fine'),
  maintenance: Type.Union([Type.Boolean(), MaintenanceWindow]),
});

/** Where a node keeps what it has learnt. */
export function stateFolder(userDir: string, id: string): string {
  return join(userDir, 'percept', `outlier-${id}`);
}
