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

/**
 * How bins become bands. Triangles meet at their corners, so each bin between two corners belongs to the band that falls
 * there and the one that rises; one pass over the bins gives both parts of all bands.
 */
export interface Bands {
  /** Hz; centres, ascending. */
  readonly centres: readonly number[];
  /** The first bin from each corner on; one more corner than bands, and one more. Empty where each bin is a band. */
  readonly corners: Int32Array;
  /** Of each bin: how far it is between its corners, 0 to 1. */
  readonly rise: Float32Array;
  /** The bin of a band that is too narrow to hold one, -1 for others; where each bin is a band, all of them. */
  readonly alone: Int32Array;
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
  return triangles(corners, step, size / 2);
}

function eachBin(first: number, last: number, step: number): Bands {
  const bins = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return {
    centres: bins.map((bin) => bin * step),
    corners: new Int32Array(),
    rise: new Float32Array(),
    alone: Int32Array.from(bins),
  };
}

function triangles(corners: readonly number[], step: number, lastBin: number): Bands {
  const starts = Int32Array.from(corners, (corner) => Math.min(lastBin + 1, Math.ceil(corner / step)));
  const rise = new Float32Array(lastBin + 1);
  for (let i = 0; i + 1 < corners.length; i++) {
    const [low, high] = [corners[i] as number, corners[i + 1] as number];
    for (let bin = starts[i] as number; bin < (starts[i + 1] as number); bin++)
      rise[bin] = (bin * step - low) / (high - low);
  }
  const centres = corners.slice(1, -1);
  const alone = Int32Array.from(centres, (centre, band) => {
    const isEmpty = !hasWeight(rise, starts[band] as number, starts[band + 1] as number, starts[band + 2] as number);
    return isEmpty ? Math.min(lastBin, Math.round(centre / step)) : -1;
  });
  return { centres, corners: starts, rise, alone };
}

/** A bin right on the first corner of a triangle weighs nothing. */
function hasWeight(rise: Float32Array, first: number, middle: number, end: number): boolean {
  for (let bin = first; bin < middle; bin++) if ((rise[bin] as number) > 0) return true;
  return end > middle;
}

/**
 * @param power of each bin
 * @param sums one a band; overwritten
 */
export function sumBands({ corners, rise, alone }: Bands, power: Float32Array, sums: Float32Array): void {
  let rising = 0;
  for (let i = 0; i + 1 < corners.length; i++) {
    const end = corners[i + 1] as number;
    let [all, up] = [0, 0];
    for (let bin = corners[i] as number; bin < end; bin++) {
      const own = power[bin] as number;
      all += own;
      up += own * (rise[bin] as number);
    }
    if (i > 0) sums[i - 1] = rising + all - up;
    rising = up;
  }
  for (let band = 0; band < alone.length; band++) {
    const bin = alone[band] as number;
    if (bin >= 0) sums[band] = power[bin] as number;
  }
}
