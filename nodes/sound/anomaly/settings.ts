import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { soundError } from '../errors.js';
import type { Named } from './keep.js';

export const AnomalyConfig = Type.Object({
  kind: Type.Enum(['normal', 'network'], { default: 'normal' }),
  /** Of the registry. */
  model: Type.String({ maxLength: 80, default: '' }),
  /** Empty: the one that is live. */
  modelVersion: Type.String({ maxLength: 80, default: '' }),
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

/** What every source is judged by; undefined: by what was learned of it. @throws PerceptError `sound-network-none` */
export function networkIn({ kind, model, modelVersion }: AnomalyConfig): Named | undefined {
  if (kind === 'normal') return undefined;
  if (model === '') throw soundError('sound-network-none', {});
  return { name: model, ...(modelVersion === '' ? {} : { version: modelVersion }) };
}

/** Where models lie that `percept models` and the learn node bring. */
export function registryFolder(userDir: string): string {
  return join(userDir, 'percept', 'models');
}

/** Where a node keeps what it has learned. */
export function modelFolder(userDir: string, id: string): string {
  return join(userDir, 'percept', 'anomaly', id);
}
