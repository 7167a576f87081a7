import { type Analysis, framesIn } from './analysis.js';

/**
 * The spectrogram of one microphone without what a second one hears too: in each bin the part that follows the second
 * (least squares over the block, one complex factor a bin) is taken away. What only the first hears stays; a tone that
 * both hear goes, so the second belongs where the machine is not.
 * Widrow et al., "Adaptive noise cancelling", Proc. IEEE 63, 1975, with the block's own Wiener solution.
 * @param samples of both, same length and clock
 * @returns dB, frames times bands
 */
export function spectrogramWithout(analysis: Analysis, samples: Float32Array, reference: Float32Array): Float32Array {
  const frames = framesIn(samples.length, analysis.settings);
  const spectra = [samples, reference].map((channel) =>
    Array.from({ length: frames }, (_, i) => analysis.spectrum(channel, i * analysis.settings.hop).slice()),
  ) as [Float32Array[], Float32Array[]];
  for (let bin = 0; bin < analysis.fftSize / 2; bin++) takeAway(...spectra, bin);
  const width = analysis.bands.centres.length;
  const levels = new Float32Array(frames * width);
  for (const [i, spectrum] of spectra[0].entries()) analysis.levels(analysis.power(spectrum), levels, i * width);
  return levels;
}

/** One bin of all frames; the ends of the spectrum, which share the first pair, are real and treated as one number. */
function takeAway(heard: readonly Float32Array[], reference: readonly Float32Array[], bin: number): void {
  let [re, im, power] = [0, 0, 0];
  for (const [i, y] of reference.entries()) {
    const x = heard[i] as Float32Array;
    const [a, b, c, d] = [x[2 * bin], x[2 * bin + 1], y[2 * bin], y[2 * bin + 1]] as [number, number, number, number];
    re += a * c + b * d;
    im += b * c - a * d;
    power += c * c + d * d;
  }
  if (power === 0) return;
  const [gain, turn] = [re / power, bin === 0 ? 0 : im / power];
  for (const [i, y] of reference.entries()) {
    const x = heard[i] as Float32Array;
    const [c, d] = [y[2 * bin], y[2 * bin + 1]] as [number, number];
    x[2 * bin] = (x[2 * bin] as number) - (gain * c - turn * d);
    x[2 * bin + 1] = (x[2 * bin + 1] as number) - (gain * d + turn * c);
  }
}
