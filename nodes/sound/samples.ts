import type { SoundQuality } from '../kit/index.js';
import { bytesPerSample, type Pcm } from '../kit/wav.js';
import { soundError } from './errors.js';

const full = { s16le: 2 ** 15, s24le: 2 ** 23, s32le: 2 ** 31, f32le: 1 } as const;
/** Of full scale; converters stop a little short of it. */
const atTheEnd = 0.9995;

/**
 * Interleaved PCM, channel by channel.
 * @returns integers in [-1, 1), floats as they are
 * @throws PerceptError `sound-not-a-number`
 */
export function channelsOf(pcm: Pcm): Float32Array[] {
  const all = valuesOf(pcm);
  const length = Math.floor(all.length / pcm.channels);
  const channels = Array.from({ length: pcm.channels }, () => new Float32Array(length));
  for (const [c, channel] of channels.entries()) {
    for (let i = 0, at = c; i < length; i++, at += pcm.channels) channel[i] = all[at] as number;
  }
  if (pcm.format === 'f32le') for (const channel of channels) checkNumbers(channel);
  return channels;
}

function valuesOf({ samples, format }: Pcm): Float32Array {
  const width = bytesPerSample[format];
  const values = new Float32Array(Math.floor(samples.length / width));
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
  const scale = 1 / full[format];
  switch (format) {
    case 's16le':
      for (let i = 0; i < values.length; i++) values[i] = view.getInt16(2 * i, true) * scale;
      return values;
    case 's24le':
      for (let i = 0; i < values.length; i++) values[i] = int24(view, 3 * i) * scale;
      return values;
    case 's32le':
      for (let i = 0; i < values.length; i++) values[i] = view.getInt32(4 * i, true) * scale;
      return values;
    case 'f32le':
      for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
      return values;
  }
}

function int24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getInt8(at + 2) << 16);
}

function checkNumbers(channel: Float32Array): void {
  let bad = 0;
  for (const value of channel) if (!Number.isFinite(value)) bad++;
  if (bad > 0) throw soundError('sound-not-a-number', { bad, all: channel.length });
}

/** The mean of all channels. */
export function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (!first || channels.length === 1) return first ?? new Float32Array();
  const mix = new Float32Array(first.length);
  for (const channel of channels) for (let i = 0; i < mix.length; i++) (mix[i] as number) += channel[i] as number;
  for (let i = 0; i < mix.length; i++) (mix[i] as number) /= channels.length;
  return mix;
}

/** Numbers that go beyond 1 have no full scale, so nothing of them is clipped. */
export function qualityOf(channels: readonly Float32Array[]): SoundQuality {
  const each = channels.map((samples) => {
    let [sum, squares, clipped, peak] = [0, 0, 0, 0];
    for (const sample of samples) {
      sum += sample;
      squares += sample * sample;
      const size = Math.abs(sample);
      if (size > peak) peak = size;
      if (size >= atTheEnd) clipped++;
    }
    const length = Math.max(1, samples.length);
    const mean = sum / length;
    const rms = Math.sqrt(Math.max(0, squares / length - mean ** 2));
    return { rms, mean, clipped: peak > 1 ? 0 : clipped / length };
  });
  const largest = (values: number[]): number => values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return {
    rms: largest(each.map(({ rms }) => rms)),
    mean: largest(each.map(({ mean }) => mean)),
    clipped: largest(each.map(({ clipped }) => clipped)),
  };
}

/** Pearson's, of each pair of channels: 1-2, 1-3, 2-3, … */
export function relationsOf(channels: readonly Float32Array[]): number[] {
  return channels.flatMap((a, i) => channels.slice(0, i).map((b) => correlation(b, a)));
}

function correlation(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length) as [
    number,
    number,
  ];
  let [together, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    together += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  return ownA * ownB > 0 ? together / Math.sqrt(ownA * ownB) : 0;
}
