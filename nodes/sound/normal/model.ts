import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { longestWindow } from '../lines.js';
import type { Directions as FittedDirections } from './detectors.js';
import { type Feature, featureNames, featuresOf, viewsOf } from './features.js';
import { fewest, fitNormal, type Normal, type View } from './fit.js';
import type { Matrix } from './matrix.js';
import { type Tones, usualTones } from './tones.js';

const Numbers = Type.Array(Type.Number());
const Place = Type.Object({ centre: Type.Number(), width: Type.Number({ exclusiveMinimum: 0 }) });
/** Float32, little-endian, in base64. */
const Packed = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' });
const Directions = Type.Object({ mean: Packed, vectors: Packed, reach: Packed });

/** Some features and what the detectors know of them. */
const PackedView = Type.Object({
  columns: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 }),
  usual: Type.Object({ neighbours: Place, density: Place, mahalanobis: Place, residual: Place }),
  neighbours: Type.Integer({ minimum: 1 }),
  rows: Packed,
  reach: Packed,
  shape: Directions,
  main: Directions,
});

/** What every stretch must be like, to be compared with what was learned. */
export const Form = Type.Object({
  channels: Type.Integer({ minimum: 1 }),
  frames: Type.Integer({ minimum: 1 }),
  bands: Type.Integer({ minimum: 1 }),
  scale: Type.Enum(['mel', 'linear']),
  sampleRate: Type.Number({ exclusiveMinimum: 0 }),
  /** Seconds. */
  window: Type.Number({ exclusiveMinimum: 0 }),
  hop: Type.Number({ exclusiveMinimum: 0 }),
});
export type Form = Static<typeof Form>;

/** A learned normal as it is kept: plain, and readable without the code that made it. */
export const NormalModel = Type.Object({
  format: Type.Literal('percept-normal'),
  version: Type.Literal(2),
  card: Type.Object({
    source: Type.String(),
    /** ms UTC: when it was learned, and from sound of which time. */
    learnedAt: Type.Number(),
    from: Type.Number(),
    until: Type.Number(),
    /** Length of a stretch, and how many were learned. */
    seconds: Type.Number({ exclusiveMinimum: 0 }),
    stretches: Type.Integer({ minimum: 1 }),
    form: Form,
  }),
  calibration: Numbers,
  tones: Type.Array(Type.Object({ width: Type.Number(), usual: Numbers })),
  centres: Numbers,
  mean: Packed,
  deviation: Packed,
  views: Type.Array(PackedView, { minItems: 1 }),
});
export type NormalModel = Static<typeof NormalModel>;

/** Ready to score. */
export interface Learned {
  readonly card: NormalModel['card'];
  readonly normal: Normal;
  readonly features: readonly Feature[];
  /** Of each channel. */
  readonly tones: readonly Tones[];
}

export function formOf({ shape: [channels, frames, bands], scale, sampleRate, window, hop }: Spectrogram): Form {
  return { channels, frames, bands, scale, sampleRate, window, hop };
}

/** Seconds from the first sample under it to the first that the next one begins with. */
export function lengthOf({ frames, hop }: Form): number {
  return frames * hop;
}

/** What is remembered of a stretch to learn from it: some hundred numbers. */
export interface Observation {
  /** ms UTC */
  readonly time: number;
  readonly features: Float64Array;
  readonly lines: Spectrogram['lines'];
}

/** What was heard of one source, all of one form, in the order in which it was heard. */
export interface Heard {
  readonly source: string;
  readonly form: Form;
  /** Hz; the bands' centres. */
  readonly centres: readonly number[];
  readonly observations: readonly Observation[];
}

export function observationOf(spectrogram: Spectrogram): Observation {
  return { time: spectrogram.time, features: featuresOf(spectrogram), lines: spectrogram.lines };
}

/**
 * Learns from normal sound alone.
 * @param now ms UTC
 * @throws PerceptError `sound-too-little`
 */
export function learn({ source, form, centres, observations }: Heard, now: number): NormalModel {
  const [first] = observations;
  const last = observations.at(-1);
  if (!first || !last || observations.length < fewest) {
    throw soundError('sound-too-little', { found: observations.length, needed: fewest });
  }
  const { channels, frames, bands, scale } = form;
  const names = featureNames({ shape: [channels, frames, bands], bands: centres, scale });
  const normal = fitNormal(
    observations.map(({ features }) => features),
    viewsOf(names),
  );
  const width = Math.max(form.sampleRate / longestWindow, 1 / lengthOf(form));
  const tones = first.lines.map((_, channel) =>
    usualTones(
      observations.map(({ lines }) => lines[channel] ?? []),
      width,
    ),
  );
  return {
    format: 'percept-normal',
    version: 2,
    card: {
      source,
      learnedAt: now,
      from: first.time,
      until: last.time + 1000 * lengthOf(form),
      seconds: lengthOf(form),
      stretches: observations.length,
      form,
    },
    calibration: normal.calibration.map((score) => Number(score.toPrecision(6))),
    tones: tones.map((each) => ({ width: each.width, usual: [...each.usual] })),
    centres: [...centres],
    mean: packed(normal.mean),
    deviation: packed(normal.deviation),
    views: normal.views.map(packedView),
  };
}

/** @throws PerceptError `sound-model`: what is wrong with it */
export function readModel(value: unknown): Learned {
  if (!Value.Check(NormalModel, value)) {
    const [problem] = Value.Errors(NormalModel, value);
    throw soundError('sound-model', { problem: `${problem?.instancePath || 'it'} ${problem?.message ?? ''}`.trim() });
  }
  const { form } = value.card;
  const names = featureNames({
    shape: [form.channels, form.frames, form.bands],
    bands: value.centres,
    scale: form.scale,
  });
  return {
    card: value.card,
    features: names,
    tones: value.tones,
    normal: {
      mean: unpacked(value.mean, names.length),
      deviation: unpacked(value.deviation, names.length),
      views: value.views.map((view) => viewOf(view, names.length)),
      calibration: value.calibration,
    },
  };
}

function packedView({ columns, fitted, usual }: View): Static<typeof PackedView> {
  return {
    columns: [...columns],
    usual,
    neighbours: fitted.k,
    rows: packed(fitted.rows.values),
    reach: packed(fitted.reach),
    shape: packedDirections(fitted.shape),
    main: packedDirections(fitted.main),
  };
}

function viewOf({ columns, neighbours, usual, ...packed }: Static<typeof PackedView>, features: number): View {
  if (columns.some((column) => column >= features))
    throw soundError('sound-model', { problem: 'it looks at features that there are not' });
  const { length } = columns;
  const reach = unpacked(packed.reach);
  const rows = matrix(unpacked(packed.rows, reach.length * length), length);
  const shape = directions(packed.shape, length);
  return { columns, usual, fitted: { rows, k: neighbours, reach, shape, main: directions(packed.main, length) } };
}

function directions({ mean, vectors, reach }: Static<typeof Directions>, columns: number) {
  const each = unpacked(reach);
  return {
    mean: unpacked(mean, columns),
    vectors: matrix(unpacked(vectors, each.length * columns), columns),
    reach: each,
  };
}

function matrix(values: Float64Array, columns: number): Matrix {
  return { rows: values.length / columns, columns, values };
}

function packedDirections({ mean, vectors, reach }: FittedDirections): Static<typeof Directions> {
  return { mean: packed(mean), vectors: packed(vectors.values), reach: packed(reach) };
}

function packed(values: Float64Array): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('base64');
}

/** @throws PerceptError `sound-model` when there are not `length` numbers */
function unpacked(text: string, length?: number): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float64Array(bytes.length >> 2);
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(4 * i);
  const isWhole =
    bytes.length % 4 === 0 && values.length === (length ?? values.length) && values.every(Number.isFinite);
  if (!isWhole) throw soundError('sound-model', { problem: 'its numbers are damaged or cut off' });
  return values;
}
