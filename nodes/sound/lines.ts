import type { Line } from '../kit/index.js';
import type { Analysis } from './analysis.js';

/** Bins over which the surroundings are taken. */
const around = 64;
/** dB over the median of the surroundings: noise alone reaches it once in thousands of bins. */
const prominent = 12;
const most = 24;

/** Samples that the transform for lines takes: a second or so of sound is 1 Hz apart. */
export const longestWindow = 32_768;

/**
 * Tones: bins that stand out of their surroundings, the most prominent ones, with their frequency between the bins from
 * the parabola through three levels.
 * @param analysis with each bin as a band, from bin 0 on
 */
export function linesOf(analysis: Analysis, samples: Float32Array): Line[] {
  const levels = new Float32Array(analysis.bands.centres.length);
  analysis.levels(analysis.power(analysis.spectrum(samples, 0)), levels, 0);
  const step = analysis.settings.sampleRate / analysis.fftSize;
  const found: (Line & { readonly over: number })[] = [];
  for (let from = 0; from < levels.length; from += around) {
    const ground = median(levels.subarray(from, from + around));
    for (let bin = Math.max(2, from); bin < Math.min(levels.length - 2, from + around); bin++) {
      const over = (levels[bin] as number) - ground;
      if (over >= prominent && isPeak(levels, bin)) found.push({ ...peak(levels, bin, step), over });
    }
  }
  return found
    .sort((a, b) => b.over - a.over)
    .slice(0, most)
    .map(({ frequency, level }) => ({ frequency, level }))
    .sort((a, b) => a.frequency - b.frequency);
}

function isPeak(levels: Float32Array, bin: number): boolean {
  const own = levels[bin] as number;
  return [-2, -1, 1, 2].every((off) => (levels[bin + off] as number) < own);
}

function peak(levels: Float32Array, bin: number, step: number): Line {
  const [a, b, c] = [levels[bin - 1], levels[bin], levels[bin + 1]] as [number, number, number];
  const off = (a - c) / (2 * (a - 2 * b + c));
  return { frequency: (bin + off) * step, level: b - ((a - c) * off) / 4 };
}

function median(values: Float32Array): number {
  const sorted = values.toSorted();
  return sorted[sorted.length >> 1] as number;
}
