import type { Spectrogram } from '../../kit/index.js';

/** What a model is told of each stretch of sound. */
export type Feature =
  | { readonly kind: 'level' | 'spread'; readonly channel: number; readonly low: number; readonly high: number }
  | { readonly kind: 'relation'; readonly channel: number; readonly other: number };

type Part = Pick<Spectrogram, 'shape' | 'data' | 'relations' | 'scale'>;

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
  return names;
}

/**
 * Statistics of each sub-band over the stretch: the mean of its level in dB; of vibration also how much that goes up and
 * down (the logarithm of its standard deviation) and how the channels go together.
 */
export function featuresOf({ shape: [channels, frames, width], data, relations, scale }: Part): Float64Array {
  const levels = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
  const edges = edgesOf(width);
  const bands = channels * edges.length;
  const spread = hasSpread(scale);
  const own = spread ? 2 * bands : bands;
  const features = new Float64Array(own + relations.length);
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
  return features;
}

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
