import { type Static, Type } from 'typebox';
import type { Frame, Sound } from '../../kit/index.js';
import type { NewReading, NewRecording } from '../../store/store.js';

/** A message as it came in, by MQTT or on an input wire. */
export interface Arrival {
  /** Empty when there is none (an input wire): the topic pattern is then not asked. */
  readonly topic: string;
  readonly payload: Buffer;
  /** ms UTC */
  readonly receivedAt: number;
  readonly properties?: {
    readonly contentType?: string;
    /** MQTT 5 user properties; `time`, `sequence` and `unit` are used where the payload has none. */
    readonly userProperties?: Readonly<Record<string, string | readonly string[]>>;
  };
}

/** A recording whose bytes are not in the bucket yet. */
export interface Recorded {
  readonly recording: Omit<NewRecording, 'key' | 'bytes' | 'sha256'>;
  /** What belongs into the bucket; may share memory with the payload. */
  readonly bytes: Buffer;
  readonly contentType: string;
  /** File ending without a dot, for the bucket key. */
  readonly extension: string;
  readonly sound?: Omit<Sound, 'id'>;
  readonly frame?: Omit<Frame, 'id'>;
}

export interface Decoded {
  readonly readings: readonly NewReading[];
  readonly recordings: readonly Recorded[];
  /** What is to be added to a time of the sender to get ours, ms, where the sender has measured it. */
  readonly clockOffset?: number;
  /**
   * Whether every key comes out of the message itself, so that a redelivery is stored once. False where the source gives
   * no time: each decoding then yields keys of its own, because dropping a legitimate repeat of a value would be a loss.
   * Whoever decodes remembers what it has committed but not yet acknowledged, and doesn't decode it again.
   */
  readonly repeatable: boolean;
}

/** @throws PerceptError `decode-…`: what was wrong with which message, and what to do */
export type Decoder = (arrival: Arrival) => Decoded;

export const formats = ['json', 'number', 'senml', 'sparkplug', 'csv', 'binary'] as const;
export const timeFormats = ['auto', 'iso', 's', 'ms', 'us', 'ns'] as const;

const text = (maxLength: number) => Type.String({ maxLength, default: '' });

/** Spread into a node's config: `Type.Object({ ...DecoderSettings.properties, … })`. */
export const DecoderSettings = Type.Object({
  /** Filter whose wildcards may be named: `site/+machine/+quantity/#rest`. */
  topic: Type.String({ maxLength: 1000, default: '#' }),
  format: Type.Enum(formats, { default: 'json' }),
  /** Template of topic parts and fields, `{machine}/{data.id}`; empty: see the help. */
  source: text(400),
  quantity: text(400),
  /** Literal or template: `°C`, `{data.unit}`. */
  unit: text(100),
  /** Path of the array that holds one entry per instant: `data.readings`. */
  each: text(200),
  /** Path of the value; empty: the field `value`, or else every number there is. */
  value: text(200),
  /** Path of the measured time; empty: the usual names. */
  time: text(200),
  timeFormat: Type.Enum(timeFormats, { default: 'auto' }),
  sequence: text(200),
  /** Names of a CSV line's columns; `-` leaves one out. */
  columns: Type.String({ maxLength: 2000, default: 'time,value' }),
  /** Empty: whichever of `;`, tab and `,` the line has. */
  delimiter: text(1),
  /** Whether bytes that are neither JPEG, WAV nor PCM are kept as they are. */
  anyBinary: Type.Boolean({ default: false }),
  /** JSON Schemas (as text) for the messages of sources that match; `*` stands for any characters. */
  schemas: Type.Array(Type.Object({ source: Type.String({ default: '*' }), schema: Type.String() }), { default: [] }),
  /** Largest payload; 0: 1 MiB, binary 16 MiB. */
  maxBytes: Type.Integer({ minimum: 0, maximum: 256 * 1024 * 1024, default: 0 }),
  maxReadings: Type.Integer({ minimum: 1, maximum: 100_000, default: 10_000 }),
  /** A time further ahead of ours than this is flagged; 0: never. */
  aheadSeconds: Type.Number({ minimum: 0, default: 60 }),
  /** The same for times behind; 0, since a backlog sent late is the point of a persistent session. */
  behindSeconds: Type.Number({ minimum: 0, default: 0 }),
});
export type DecoderSettings = Static<typeof DecoderSettings>;
