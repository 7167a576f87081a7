import type { Spectrogram } from '../../kit/index.js';

/** What a model is told of each stretch of sound. */
export type Feature =
  | { readonly kind: 'level' | 'spread'; readonly channel: number; readonly low: number; readonly high: number }
  | { readonly kind: 'relation'; readonly channel: number; readonly other: number }
  /** Of all bands together, and the same of its derivative, in which what is quick weighs more. */
  | { readonly kind: 'power' | 'jerk'; readonly channel: number };

type Part = Pick<Spectrogram, 'shape' | 'data' | 'relations' | 'scale' | 'bands'>;

/** So many sub-bands of each channel at most: enough to tell where, few enough to be learned from minutes. */
const mostBands = 32;
/** A correlation of 0.1 weighs as much as 1 dB. */
const perRelation = 10;
/** Spread is a ratio: in dB too. */
const perRatio = 10;

/** The features of every spectrogram of this form, in the order of `featuresOf`. */
export function featureNames({
  shape: [channels],
  bands,
  scale,
}: Pick<Spectrogram, 'shape' | 'bands' | 'scale'>): Feature[] {
  const edges = edgesOf(bands.length);
  const names: Feature[] = [];
  for (const kind of hasSpread(scale) ? (['level', 'spread'] as const) : (['level'] as const)) {
    for (let channel = 0; channel < channels; channel++) {
      for (const [from, to] of edges)
        names.push({ kind, channel, low: bands[from] as number, high: bands[to - 1] as number });
    }
  }
  for (let channel = 1; channel < channels; channel++)
    for (let other = 0; other < channel; other++) names.push({ kind: 'relation', channel, other });
  if (hasSpread(scale))
    for (let channel = 0; channel < channels; channel++)
      for (const kind of ['power', 'jerk'] as const) names.push({ kind, channel });
  return names;
}

/**
 * Which features are looked at together, as columns of `featuresOf`. Of vibration all bands, and beside them the few that
 * sum up: what changes a little in every band is lost among hundreds of uncertain levels, but plain in their sum.
 */
export function viewsOf(features: readonly Feature[]): number[][] {
  const columns = (...kinds: readonly Feature['kind'][]): number[] =>
    [...features.keys()].filter((i) => kinds.includes((features[i] as Feature).kind));
  const bands = columns('level', 'spread', 'relation');
  return columns('power').length > 0 ? [bands, columns('power', 'jerk', 'relation')] : [bands];
}

/**
 * Statistics of each sub-band over the stretch: the mean of its level in dB; of vibration also how much that goes up and
 * down (the logarithm of its standard deviation), how the channels go together, and each channel's power as a whole.
 */
export function featuresOf({
  shape: [channels, frames, width],
  data,
  relations,
  scale,
  bands: hertz,
}: Part): Float64Array {
  const levels = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
  const edges = edgesOf(width);
  const bands = channels * edges.length;
  const spread = hasSpread(scale);
  const own = spread ? 2 * bands : bands;
  const features = new Float64Array(own + relations.length + (spread ? 2 * channels : 0));
  const over = new Float64Array(frames);
  for (let channel = 0; channel < channels; channel++) {
    for (const [band, [from, to]] of edges.entries()) {
      for (let frame = 0; frame < frames; frame++) {
        const at = (channel * frames + frame) * width;
        over[frame] = levelOf(levels, at + from, at + to);
      }
      const mean = over.reduce((sum, level) => sum + level, 0) / frames;
      features[channel * edges.length + band] = mean;
      if (!spread) continue;
      const variance = over.reduce((sum, level) => sum + (level - mean) ** 2, 0) / frames;
      features[bands + channel * edges.length + band] = perRatio * Math.log10(Math.sqrt(variance) + 1);
    }
  }
  for (const [i, relation] of relations.entries()) features[own + i] = perRelation * relation;
  if (spread) features.set(momentsOf(levels, [channels, frames, width], hertz), own + relations.length);
  return features;
}

/** dB; of each channel its power, and that times the square of the frequency, which is the power of its derivative. */
function momentsOf(levels: Float32Array, [channels, frames, width]: Part['shape'], hertz: readonly number[]): number[] {
  return Array.from({ length: channels }, (_, channel) => {
    let [power, jerk] = [0, 0];
    for (let frame = 0; frame < frames; frame++) {
      const at = (channel * frames + frame) * width;
      for (let band = 0; band < width; band++) {
        const own = 10 ** ((levels[at + band] as number) / 10);
        power += own;
        jerk += own * (hertz[band] as number) ** 2;
      }
    }
    return [power, jerk].map((sum) => 10 * Math.log10(Math.max(sum / frames, least)));
  }).flat();
}

/** -200 dB: where every band is at 0 Hz there is no derivative. */
const least = 1e-20;

/** What a microphone hears goes up and down with the room as much as with the machine: there it tells nothing. */
function hasSpread(scale: Part['scale']): boolean {
  return scale === 'linear';
}

/** The sum of some bands, in dB. */
function levelOf(levels: Float32Array, from: number, to: number): number {
  if (to - from === 1) return levels[from] as number;
  let power = 0;
  for (let i = from; i < to; i++) power += 10 ** ((levels[i] as number) / 10);
  return 10 * Math.log10(power);
}

function edgesOf(width: number): [from: number, to: number][] {
  const count = Math.min(width, mostBands);
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * width) / count),
    Math.floor(((i + 1) * width) / count),
  ]);
}
