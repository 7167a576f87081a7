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
  /** Bucket keys of the recordings that it is of, where that is known. */
  readonly recordings?: readonly string[];
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

export const alertStates = ['open', 'notified', 'acknowledged', 'snoozed', 'silenced', 'resolved', 'expired'] as const;
/** `open`: nobody was reached yet. `silenced`: by a silence or by another alert. `expired`: it ended without a person. */
export type AlertState = (typeof alertStates)[number];

export const deliveryStates = [
  'waiting',
  'handed',
  'taken',
  'delivered',
  'reached',
  'failed',
  'unknown',
  'withdrawn',
] as const;
/**
 * `waiting`: for an earlier notice to the same person on the same channel. `handed`: given to the channel, which has not
 * answered. `taken`: the channel keeps it and goes on trying. `delivered`: the provider has it. `reached`: it says that the
 * person has. `unknown`: no answer, after it was handed over twice.
 */
export type DeliveryState = (typeof deliveryStates)[number];

export const alertOccasions = ['step', 'repeat', 'update', 'acknowledged', 'resolved', 'test'] as const;
/** Why somebody is told: a step of the chain, the chain once more, or what became of something they were told before. */
export type AlertOccasion = (typeof alertOccasions)[number];

/** Who was told where, and whether it arrived. */
export interface AlertDelivery {
  readonly channel: string;
  readonly to: string;
  readonly state: DeliveryState;
  /** ms UTC */
  readonly at: number;
  /** Number of the notice within the alert: the newest that counts. */
  readonly number?: number;
}

const Name = Type.String({ minLength: 1, maxLength: 200 });
const alert = {
  id: Type.Integer(),
  /** Whose it is: the name of the alert node's policy. */
  policy: Name,
  /** What findings have in common that are this alert. */
  key: Type.String({ minLength: 1, maxLength: 500 }),
  state: Type.Enum(alertStates),
  severity: Type.Enum(severities),
  /** Of its first finding. */
  kind: Type.String({ maxLength: 80 }),
  source: Type.String({ maxLength: 200 }),
  zone: Type.String({ maxLength: 200 }),
  opened: Time,
  /** Findings in it so far. */
  count: Type.Integer(),
  /** How often the chain was begun, and its steps done in this round. */
  round: Type.Integer(),
  step: Type.Integer(),
  title: Type.String(),
  text: Type.String(),
  /** Of the newest finding: words, and bucket keys of pictures, plots and clips. */
  reasons: Type.Array(Type.String()),
  evidence: Type.Array(Type.String()),
  /** Who acknowledged it, or closed it. */
  by: Type.Optional(Type.String()),
};

/** `msg.alert`: how an alert stands. */
export const Alert = Type.Object(alert);
export type Alert = Static<typeof Alert> & { readonly deliveries: readonly AlertDelivery[] };

/**
 * `msg.alert` of a message that a channel is to deliver, once per `notice`. What it delivers it tells with `msg.delivery`.
 * Notices of one thread come in their order; one of occasion `update`, `acknowledged` or `resolved` stands for all of its
 * thread that the channel still keeps, and changes in place what was delivered, where the channel can.
 */
export const AlertNotice = Type.Object({
  ...alert,
  /** Never the same for two notices: `17.3`. */
  notice: Name,
  /** Name of the step's channel. */
  channel: Name,
  /** A person's name; empty: whomever the channel serves. */
  to: Type.String({ maxLength: 200 }),
  occasion: Type.Enum(alertOccasions),
  /** What is told one after the other about one alert to one person on one channel: `17/push/anna`. */
  thread: Type.String(),
  /** It was handed over before, and no answer came: it may have arrived. */
  again: Type.Boolean(),
  /** No sound: it changes what is known already. */
  quiet: Type.Boolean(),
  /** Absolute addresses that need no login, short-lived and for one purpose each: to see it; to take it, by POST. */
  links: Type.Optional(Type.Object({ open: Type.String(), acknowledge: Type.String() })),
});
export type AlertNotice = Static<typeof AlertNotice>;

const who = { by: Type.String({ maxLength: 200, default: '' }) };
const which = {
  id: Type.Optional(Type.Integer()),
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
};

/** `msg.delivery`: what became of a notice. The same may be told again. */
export const Delivery = Type.Object({
  /** Default: that of `msg.alert`. */
  notice: Name,
  ok: Type.Boolean(),
  /** With `ok`: kept in a spool that survives a restart, not yet delivered; the outcome follows. */
  taken: Type.Boolean({ default: false }),
  /**
   * What the provider told later. With `ok`: it has reached the person. `false`: what was told as delivered has not; with `ok`
   * and `taken` the next channel tries.
   */
  reached: Type.Optional(Type.Boolean()),
  channel: Type.Optional(Name),
  at: Type.Optional(Time),
  /** Without secrets. */
  error: Type.Optional(Type.String({ maxLength: 500 })),
});
export type Delivery = Static<typeof Delivery>;

/** `msg.acknowledge`: somebody takes care. Escalation stops. */
export const Acknowledge = Type.Object({ ...which, ...who });
export type Acknowledge = Static<typeof Acknowledge>;

/** `msg.resolve`: a person says that it is over. */
export const Resolve = Type.Object({ ...which, ...who });
export type Resolve = Static<typeof Resolve>;

/** `msg.snooze`: nothing about this alert for a while, then the chain begins anew. */
export const Snooze = Type.Object({
  ...which,
  ...who,
  /** Either of the two. */
  minutes: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 60 * 24 * 31 })),
  until: Type.Optional(Time),
});
export type Snooze = Static<typeof Snooze>;

/** `msg.silence`: nothing about what matches, until its end. Patterns know `*`; several are separated by commas. */
export const Silence = Type.Object({
  ...who,
  key: Type.String({ maxLength: 500, default: '' }),
  kind: Type.String({ maxLength: 200, default: '' }),
  source: Type.String({ maxLength: 200, default: '' }),
  zone: Type.String({ maxLength: 200, default: '' }),
  reason: Type.String({ maxLength: 500, default: '' }),
  minutes: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 60 * 24 * 366 })),
  until: Type.Optional(Time),
  /** Ends the silence with this id. */
  end: Type.Optional(Type.Integer()),
});
export type Silence = Static<typeof Silence>;

/** `msg.presence`: who is at home. */
export const Presence = Type.Object({
  person: Type.String({ maxLength: 200, default: '' }),
  home: Type.Boolean(),
});
export type Presence = Static<typeof Presence>;
