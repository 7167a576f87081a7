import { type Static, Type } from 'typebox';
import { alertStates, severities } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { alertAnswer } from './alert-timeline.js';
import { alertsAnswer } from './alerts.js';
import type { Answer } from './answers.js';
import { historyError } from './errors.js';
import type { ExportAsk } from './export.js';
import { findingsIn } from './findings.js';
import { lettersAnswer } from './letters.js';
import { readRange } from './range.js';
import { seriesAnswer } from './series.js';
import { silencesAnswer } from './silences.js';
import { type SoundAnswer, soundAnswer } from './sound.js';
import { sourcesAnswer } from './sources.js';
import { throughputAnswer } from './throughput.js';

export const kinds = [
  ...(['series', 'sources', 'findings', 'alerts', 'alert', 'silences'] as const),
  ...(['letters', 'throughput', 'sound', 'export'] as const),
] as const;
export const formats = ['csv', 'json', 'jsonl'] as const;

const patterns = Type.Union([Type.Array(Type.String()), Type.String()]);

/** What the node is set to ask. */
export const Settings = Type.Object({
  kind: Type.Enum(kinds, { default: 'series' }),
  /** Length of the range up to now, `24h`, or `all`. */
  last: Type.String({ default: '24h' }),
  sources: Type.String({ default: '' }),
  quantities: Type.String({ default: '' }),
  /** Points in one chart, all series together. */
  points: Type.Integer({ minimum: 10, maximum: 20_000, default: 2000 }),
  /** Rows of a list. */
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  format: Type.Enum(formats, { default: 'csv' }),
  /** Where an export goes; empty: into messages, or into the answer of an http-in node. */
  file: Type.String({ default: '' }),
});
export type Settings = Static<typeof Settings>;

/** What an object in `msg.payload` may set instead. */
export const Override = Type.Partial(
  Type.Object({
    ...Settings.properties,
    kind: Type.Enum(kinds),
    last: Type.String(),
    points: Type.Integer({ minimum: 10, maximum: 20_000 }),
    limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
    format: Type.Enum(formats),
    file: Type.String(),
    sources: patterns,
    quantities: patterns,
    /** Moments: ms, seconds or ISO 8601; `to` may be `now`. */
    from: Type.Union([Type.Number(), Type.String()]),
    to: Type.Union([Type.Number(), Type.String()]),
    /** Of alerts. */
    kinds: patterns,
    severities: Type.Array(Type.Enum(severities)),
    states: Type.Array(Type.Enum(alertStates)),
    /** Past alerts with a lower id. */
    before: Type.Integer({ minimum: 0 }),
    /** Id of the one whose timeline is asked for. */
    alert: Type.Integer({ minimum: 0 }),
  }),
);
export type Override = Static<typeof Override>;
export type Ask = Omit<Settings, 'sources' | 'quantities'> &
  Required<Pick<Override, 'sources' | 'quantities'>> &
  Pick<Override, 'from' | 'to' | 'kinds' | 'severities' | 'states' | 'before' | 'alert'>;

/**
 * @param bucket where recordings lie; only sound needs it
 * @throws PerceptError `history-range`, `history-which-alert`, `history-sound-…`, `store-…`, `bucket-…`
 */
export async function answer(store: Store, ask: Ask, now: number, bucket?: Bucket): Promise<Answer | SoundAnswer> {
  switch (ask.kind) {
    case 'sources':
      return sourcesAnswer(store.db, ask, now);
    case 'alerts':
      return alertsAnswer(store.db, ask, now);
    case 'alert':
      if (ask.alert === undefined) throw historyError('history-which-alert', {});
      return alertAnswer(store.db, ask.alert, now);
    case 'silences':
      return silencesAnswer(store.db, ask.limit, now);
    case 'letters':
      return lettersAnswer(store.db, ask.limit);
    case 'throughput':
      return throughputAnswer(store.db, now);
    case 'sound':
      if (!bucket) throw historyError('history-sound-bucket', {});
      return soundAnswer(store.db, bucket, { ...ask, range: readRange(ask, now) });
    case 'findings': {
      const range = readRange(ask, now);
      const findings = await findingsIn(store.db, { ...ask, range, newestFirst: true });
      const { from, to } = range === 'all' ? { from: 0, to: now } : range;
      return { kind: 'findings', from, to, findings };
    }
    default:
      return seriesAnswer(store, { ...ask, range: readRange(ask, now) });
  }
}

export function exportAsk(ask: Ask, now: number): ExportAsk {
  return { ...ask, range: readRange(ask, now) };
}
