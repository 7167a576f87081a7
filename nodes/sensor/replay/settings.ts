import { isAbsolute, join } from 'node:path';
import { type Static, Type } from 'typebox';
import type { Store } from '../../store/store.js';
import { timeFormats } from '../decode/contract.js';
import { readRange } from '../history/range.js';
import { frameRecording } from './frames.js';
import type { Recording } from './item.js';
import type { PlayerSettings } from './player.js';
import { rowRecording } from './rows.js';
import { soundRecording } from './sounds.js';
import { storedRecording } from './stored.js';

export const ReplayConfig = Type.Object({
  what: Type.Enum(['rows', 'sound', 'frames', 'store'], { default: 'rows' }),
  /** A file or a folder; relative to the user directory. */
  path: Type.String({ default: '' }),
  store: Type.Optional(Type.String()),
  /** Of the store: which readings, and how far back. */
  sources: Type.String({ default: '' }),
  quantities: Type.String({ default: '' }),
  last: Type.String({ default: 'all' }),

  pace: Type.Enum(['real', 'scaled', 'step'], { default: 'real' }),
  speed: Type.Number({ exclusiveMinimum: 0, maximum: 1e6, default: 60 }),
  /** ms between rows or pictures that bear no time. */
  interval: Type.Number({ minimum: 1, maximum: 86_400_000, default: 1000 }),
  /** s; longer gaps are cut to this; 0: none. */
  longestGap: Type.Number({ minimum: 0, default: 0 }),
  loop: Type.Boolean({ default: false }),
  /** Begins when it is deployed. */
  auto: Type.Boolean({ default: true }),
  stamps: Type.Enum(['now', 'original'], { default: 'now' }),

  /** One message per row, or one per number of it. */
  per: Type.Enum(['row', 'value'], { default: 'row' }),
  prefix: Type.String({ maxLength: 500, default: '' }),
  source: Type.String({ maxLength: 200, default: '' }),
  timeColumn: Type.String({ maxLength: 200, default: '' }),
  timeFormat: Type.Enum(timeFormats, { default: 'auto' }),
  delimiter: Type.String({ maxLength: 1, default: '' }),
  /** Columns to leave out, with commas between. */
  without: Type.String({ maxLength: 2000, default: '' }),
  chunkSeconds: Type.Number({ minimum: 0.01, maximum: 60, default: 1 }),

  /** ms by which messages come late, by chance. */
  jitter: Type.Number({ minimum: 0, maximum: 3_600_000, default: 0 }),
  /** Percent of messages that get lost, by chance. */
  loss: Type.Number({ minimum: 0, maximum: 100, default: 0 }),
  seed: Type.Integer({ default: 1 }),
});
export type ReplayConfig = Static<typeof ReplayConfig>;

/** @param userDir where relative paths begin */
export function recordingOf(config: ReplayConfig, userDir: string, store: Store | undefined): Recording {
  const { prefix, source, what } = config;
  const path = isAbsolute(config.path) ? config.path : join(userDir, config.path);
  if (what === 'store' && store) {
    const range = () => readRange({ last: config.last }, Date.now());
    // a length that is none is told at once, not at the first click
    range();
    return storedRecording(store, { range, sources: config.sources, quantities: config.quantities, prefix });
  }
  if (what === 'sound') return soundRecording({ path, prefix, source, chunkSeconds: config.chunkSeconds });
  if (what === 'frames') return frameRecording({ path, prefix, source });
  const without = config.without.split(',').map((name) => name.trim());
  const { timeColumn, timeFormat, delimiter } = config;
  return rowRecording({
    path,
    prefix,
    source,
    split: config.per === 'value',
    timeColumn,
    timeFormat,
    delimiter,
    without,
  });
}

export function playerSettings(config: ReplayConfig): PlayerSettings {
  return {
    speed: config.pace === 'scaled' ? config.speed : 1,
    interval: config.interval,
    longestGap: config.longestGap * 1000,
    stepped: config.pace === 'step',
    loop: config.loop,
    original: config.stamps === 'original',
    jitter: config.jitter,
    loss: config.loss / 100,
    seed: config.seed,
  };
}
