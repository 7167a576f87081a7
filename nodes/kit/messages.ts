import { type Static, Type } from 'typebox';

/** UTC epoch milliseconds; fractions are allowed for sources faster than 1 kHz. */
export const Time = Type.Number({ minimum: 0, maximum: 8.64e15 });

/** `msg.reading`: one number from one place. Key: (source, quantity, time, sequence). */
export const Reading = Type.Object({
  /** Row id in the store; ascending in order of commit. */
  id: Type.Integer(),
  /** What was measured: `plant/pump-1`. */
  source: Type.String({ minLength: 1, maxLength: 200 }),
  /** Which property of it: `temperature`. */
  quantity: Type.String({ minLength: 1, maxLength: 200 }),
  value: Type.Number(),
  /** As sent, `°C`; empty when the source gives none. */
  unit: Type.String({ maxLength: 40 }),
  /** When it was measured. */
  time: Time,
  /** Distinguishes readings of one instant; 0 where the source numbers nothing. */
  sequence: Type.Integer({ minimum: 0 }),
  /** When it reached this box. */
  receivedAt: Time,
  /** How the source's clock compares with ours; flagged, never rewritten. */
  clock: Type.Union([Type.Literal('ok'), Type.Literal('ahead'), Type.Literal('behind'), Type.Literal('none')]),
});
export type Reading = Static<typeof Reading>;
export type Clock = Reading['clock'];

/** `msg.sound`: a stretch of PCM. */
export interface Sound {
  readonly id?: number;
  readonly source: string;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  /** Interleaved PCM; shared between wires, never changed in place. */
  readonly samples: Buffer;
  readonly format: 's16le' | 's24le' | 's32le' | 'f32le';
  readonly time: number;
}

/** A tone that stands out of its surroundings. */
export interface Line {
  /** Hz */
  readonly frequency: number;
  /** dB, as in the spectrogram. */
  readonly level: number;
}

/** What was wrong with the samples, before they were transformed. */
export interface SoundQuality {
  /** Root mean square about the mean, and the mean, of the channel with most; 1 is full scale, of numbers their unit. */
  readonly rms: number;
  readonly mean: number;
  /** Share of the samples at full scale. */
  readonly clipped: number;
}

/** `msg.spectrogram`: what sounded when, in bands. */
export interface Spectrogram {
  readonly source: string;
  /** ms UTC of the first sample. */
  readonly time: number;
  /** Channels, frames, bands: row by row in `data`. */
  readonly shape: readonly [channels: number, frames: number, bands: number];
  /** dB as float32, little-endian; 0 dB is a mean square of 1. Shared between wires, never changed in place. */
  readonly data: Buffer;
  /** dB; the least and the most there is in it. */
  readonly range: { readonly min: number; readonly max: number };
  readonly scale: 'mel' | 'linear';
  /** Hz; the bands' centres. */
  readonly bands: readonly number[];
  /** Hz */
  readonly sampleRate: number;
  /** Seconds under each window, and from one to the next. */
  readonly window: number;
  readonly hop: number;
  /** The strongest tones of each channel, by frequency. */
  readonly lines: readonly (readonly Line[])[];
  /** Correlation of each pair of channels (1-2, 1-3, 2-3, …), -1 to 1. */
  readonly relations: readonly number[];
  readonly quality: SoundQuality;
  /** On request. */
  readonly png?: Buffer;
}

/** `msg.frame`: one picture. */
export interface Frame {
  readonly id: number;
  readonly camera: string;
  readonly time: number;
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** Shared between wires, never changed in place. */
  readonly jpeg: Buffer;
}

export const severities = ['notice', 'warning', 'critical'] as const;

/** `msg.finding`: something worth a person's look, with the numbers behind it. Key: (kind, source, quantity, since). */
/** So many points of `Finding.expected` at most. */
export const maxExpected = 240;

const Expected = Type.Object({ time: Time, low: Type.Number(), high: Type.Number() });
export type Expected = Static<typeof Expected>;

export const Finding = Type.Object({
  id: Type.Optional(Type.Integer()),
  /** `limit`, `silent`, `clock`, … */
  kind: Type.String({ minLength: 1, maxLength: 80 }),
  source: Type.String({ minLength: 1, maxLength: 200 }),
  /** Empty when it concerns the whole source. */
  quantity: Type.String({ maxLength: 200, default: '' }),
  score: Type.Number({ default: 1 }),
  threshold: Type.Number({ default: 0 }),
  severity: Type.Union([Type.Literal('notice'), Type.Literal('warning'), Type.Literal('critical')], {
    default: 'warning',
  }),
  /** When it began. */
  since: Time,
  /** When it ended; absent while it lasts. */
  until: Type.Optional(Time),
  /** In words a person understands, most important first. */
  reasons: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 20, default: [] }),
  /** Bucket keys of pictures, plots and clips. */
  evidence: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 50, default: [] }),
  /** Where the value was expected, over time: what a chart draws behind the line. */
  expected: Type.Optional(Type.Array(Expected, { maxItems: maxExpected })),
});
export type Finding = Static<typeof Finding>;
export type Severity = Finding['severity'];
