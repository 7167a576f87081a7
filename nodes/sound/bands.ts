export type Scale = 'mel' | 'linear';

export interface BandSettings {
  readonly scale: Scale;
  /** How many; 0 with `linear`: each bin of the transform between `low` and `high` as it is. */
  readonly bands: number;
  /** Hz */
  readonly low: number;
  /** Hz; 0 or more than half the rate: half the rate. */
  readonly high: number;
}

/** Sums of bins: band b is the sum of `weights[from[b] + i] * power[first[b] + i]`. */
export interface Bands {
  /** Hz; centres, ascending. */
  readonly centres: readonly number[];
  readonly first: Int32Array;
  /** Where each band's weights begin, and at the end their number. */
  readonly from: Int32Array;
  readonly weights: Float32Array;
}

/** HTK's formula: O'Shaughnessy, Speech Communication, 1987; HTK Book 3.4, 5.4. */
export function melOf(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

export function hertzOf(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/**
 * Triangles of height 1 with their corners equally spaced on the scale (HTK's for mel, not normalised by area), or the
 * bins themselves. A triangle too narrow to hold a bin gets the one that is nearest to its centre, so that no band is
 * empty where there are more bands than the window can tell apart.
 * @param size of the transform
 */
export function makeBands({ scale, bands, low, high }: BandSettings, sampleRate: number, size: number): Bands {
  const step = sampleRate / size;
  const half = sampleRate / 2;
  const top = high > 0 ? Math.min(high, half) : half;
  if (bands === 0) return eachBin(Math.ceil(low / step), Math.floor(top / step), step);
  const [to, back] = scale === 'mel' ? [melOf, hertzOf] : [(x: number) => x, (x: number) => x];
  const [from, until] = [to(low), to(top)];
  const corners = Array.from({ length: bands + 2 }, (_, i) => back(from + ((until - from) * i) / (bands + 1)));
  const rows = Array.from({ length: bands }, (_, i) => triangle(corners.slice(i, i + 3), step, size / 2));
  return pack(corners.slice(1, -1), rows);
}

interface Row {
  readonly first: number;
  readonly weights: readonly number[];
}

function eachBin(first: number, last: number, step: number): Bands {
  const bins = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return pack(
    bins.map((bin) => bin * step),
    bins.map((bin) => ({ first: bin, weights: [1] })),
  );
}

function triangle(corners: readonly number[], step: number, lastBin: number): Row {
  const [low, centre, high] = corners as [number, number, number];
  const first = Math.floor(low / step) + 1;
  const last = Math.min(lastBin, Math.ceil(high / step) - 1);
  const weights: number[] = [];
  for (let bin = first; bin <= last; bin++) {
    const at = bin * step;
    weights.push(Math.min((at - low) / (centre - low), (high - at) / (high - centre)));
  }
  return weights.length > 0
    ? { first, weights }
    : { first: Math.min(lastBin, Math.round(centre / step)), weights: [1] };
}

function pack(centres: readonly number[], rows: readonly Row[]): Bands {
  const from = new Int32Array(rows.length + 1);
  for (const [i, { weights }] of rows.entries()) from[i + 1] = (from[i] as number) + weights.length;
  return {
    centres,
    first: Int32Array.from(rows, ({ first }) => first),
    from,
    weights: Float32Array.from(rows.flatMap(({ weights }) => weights)),
  };
}
