import { type Static, Type } from 'typebox';
import { Job } from './job.js';

/** Minutes of sound; a day. */
const most = 1440;
const Minutes = Type.Number({ exclusiveMinimum: 0, maximum: most });
/** ms UTC, or as ISO 8601 has it. */
const When = Type.Union([Type.Number(), Type.String({ minLength: 1, maxLength: 40 })]);

export const LearnConfig = Type.Object({
  store: Type.Optional(Type.String()),
  bucket: Type.Optional(Type.String()),
  /** Where the message names none. */
  source: Type.String({ maxLength: 200, default: '' }),
  quantity: Type.String({ maxLength: 200, default: 'sound' }),
  kind: Type.Enum(['normal', 'autoencoder', 'vgg'], { default: 'normal' }),
  minutes: Type.Number({ exclusiveMinimum: 0, maximum: most, default: 10 }),
  /** The one of the spectrogram node before `anomaly`. */
  preset: Type.Enum(['hearing', 'picture', 'vibration'], { default: 'hearing' }),
  epochs: Type.Integer({ minimum: 1, maximum: 10_000, default: 50 }),
  /** How many are kept of each source. */
  versions: Type.Integer({ minimum: 2, maximum: 100, default: 5 }),
  /** Seconds from one checkpoint of a training to the next. */
  checkpoint: Type.Number({ minimum: 0.1, maximum: 86_400, default: 60 }),
});
export type LearnConfig = Static<typeof LearnConfig>;

/** `msg.learn` as an object. */
export const Request = Type.Object({
  kind: Type.Optional(Job.properties.kind),
  minutes: Type.Optional(Minutes),
  since: Type.Optional(When),
  until: Type.Optional(When),
  epochs: Type.Optional(LearnConfig.properties.epochs),
  labels: Type.Optional(
    Type.Array(Type.Object({ since: When, until: When, condition: Type.String({ minLength: 1, maxLength: 80 }) }), {
      maxItems: 1000,
    }),
  ),
});
export type Request = Static<typeof Request>;

export const longestMinutes = most;
