import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { inferenceError } from './errors.js';

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,79}$' });
const Version = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$' });
/** `null` where any size will do, as for the side of a picture. */
const Shape = Type.Array(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]), { minItems: 1, maxItems: 8 });

const Input = Type.Object({
  shape: Shape,
  layout: Type.Union([Type.Literal('NCHW'), Type.Literal('NHWC'), Type.Literal('matrix')]),
  /** Of pictures; a spectrogram has one channel and none of these. */
  colour: Type.Optional(Type.Union([Type.Literal('RGB'), Type.Literal('BGR'), Type.Literal('grey')])),
  /** Per channel or one for all: the network gets `(value - mean) * scale`. Pictures come as 0 to 255. */
  mean: Type.Array(Type.Number(), { minItems: 1 }),
  scale: Type.Array(Type.Number(), { minItems: 1 }),
  /** How a picture of another shape is made to fit; `fill` is the grey of what stays empty. */
  fit: Type.Optional(Type.Union([Type.Literal('letterbox'), Type.Literal('stretch'), Type.Literal('crop')])),
  fill: Type.Optional(Type.Number()),
  /** Of spectrograms: what they were made of and how; bands lie elsewhere at another rate. Hz, s. */
  sound: Type.Optional(
    Type.Object({
      sampleRate: Type.Number({ exclusiveMinimum: 0 }),
      window: Type.Number({ exclusiveMinimum: 0 }),
      hop: Type.Number({ exclusiveMinimum: 0 }),
      scale: Type.Union([Type.Literal('mel'), Type.Literal('linear')]),
    }),
  ),
});

/** What the numbers that come out mean, and so which decoder reads them. */
const Output = Type.Union([
  /** Rows of (cx, cy, w, h, objectness, classes), relative to a grid cell and in logarithms: YOLOX, arXiv 2107.08430. */
  Type.Object({ decoder: Type.Literal('yolox'), strides: Type.Array(Type.Integer()), overlap: Type.Number() }),
  /** Faces with five points, per stride: YuNet, doi 10.1007/s11633-023-1423-y. */
  Type.Object({ decoder: Type.Literal('yunet'), strides: Type.Array(Type.Integer()), overlap: Type.Number() }),
  /** A vector that is near another where what was seen is alike. */
  Type.Object({ decoder: Type.Literal('embedding'), length: Type.Integer({ minimum: 1 }), normalise: Type.Boolean() }),
  /** One number per label. */
  Type.Object({
    decoder: Type.Literal('classes'),
    activation: Type.Union([Type.Literal('none'), Type.Literal('softmax'), Type.Literal('sigmoid')]),
  }),
  /** What went in, as far as the network can tell it: the error is the score. */
  Type.Object({ decoder: Type.Literal('reconstruction') }),
  /** No network but a learned normal, as JSON: see `nodes/sound/normal/model.ts`. */
  Type.Object({ decoder: Type.Literal('normal') }),
]);

/** Of what was learned on this box from a source's recordings. */
const Learned = Type.Object({
  source: Type.String({ minLength: 1, maxLength: 200 }),
  quantity: Type.String({ maxLength: 200 }),
  kind: Type.Union([Type.Literal('normal'), Type.Literal('autoencoder'), Type.Literal('vgg')]),
  /** From recordings of which time; UTC epoch milliseconds. */
  from: Type.Number(),
  until: Type.Number(),
  /** How long it took, without what lay between a stop and going on. */
  seconds: Type.Number({ minimum: 0 }),
  /** Which learning it was: one that is repeated after a crash makes no second version. */
  job: Type.String({ maxLength: 80 }),
});

/** All there is to know about a model before it is run: with a card, a model somebody else made needs no code. */
export const Card = Type.Object({
  name: Name,
  version: Version,
  /** One sentence for people. */
  about: Type.String({ minLength: 1, maxLength: 500 }),
  /** Of the model file, lower-case hex. */
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  bytes: Type.Integer({ minimum: 1 }),
  input: Input,
  output: Output,
  labels: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { maxItems: 10_000 }),
  /** From which score on something counts as found, unless a node says otherwise. */
  threshold: Type.Number(),
  /** SPDX identifier. */
  licence: Type.String({ minLength: 1, maxLength: 80 }),
  /** Where it comes from: a repository with its commit, or how it was trained. */
  source: Type.String({ minLength: 1, maxLength: 500 }),
  /** What a user must know: withdrawn training data, what it was never tried on. */
  caution: Type.Optional(Type.String({ maxLength: 2_000 })),
  /** Measured, by name: `auc`, `accuracy`, `loss`. */
  scores: Type.Optional(Type.Record(Type.String(), Type.Number())),
  /** When it was trained on this box; UTC epoch milliseconds. */
  trainedAt: Type.Optional(Type.Number({ minimum: 0 })),
  learned: Type.Optional(Learned),
});
export type Card = Static<typeof Card>;

const validator = Compile(Card);

/**
 * @param where for the message: the card's path
 * @throws PerceptError `model-bad-card`
 */
export function readCard(text: string, where: string): Card {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw inferenceError('model-bad-card', { card: where, detail: (cause as Error).message }, { cause });
  }
  return checkCard(value, where);
}

/** @throws PerceptError `model-bad-card` */
export function checkCard(value: unknown, where: string): Card {
  if (validator.Check(value)) return value;
  const [problem] = validator.Errors(value);
  const field = (problem?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const detail = [field, problem?.message ?? 'it does not match the schema'].filter(Boolean).join(' ');
  throw inferenceError('model-bad-card', { card: where, detail });
}

/** What the model's file is called: a learned normal is text that anybody can read. */
export function fileOf({ output }: Pick<Card, 'output'>): string {
  return output.decoder === 'normal' ? 'model.json' : 'model.onnx';
}

const natural = new Intl.Collator('en', { numeric: true });

/** `1.10` comes after `1.9`. */
export function compareVersions(a: string, b: string): number {
  return natural.compare(a, b);
}
