import type { Card } from '../inference/card.js';
import type { Spectrogram } from '../kit/index.js';

/** What a network looks at: the preset `picture`. Bands are rows, frames are columns. */
export const networkShape = { bands: 48, frames: 64 } as const;

/** dB; what lies below is the converter's noise, and digital silence must not outweigh all else. */
const floor = -100;

/**
 * A spectrogram of the preset `picture` as networks see it, drawn like a picture: the highest band is the first row, time
 * runs to the right.
 * @returns dB, [bands, frames] row by row; the first channel alone
 */
export function networkPicture({ shape: [, frames, bands], data }: Pick<Spectrogram, 'shape' | 'data'>): Float32Array {
  const levels = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const picture = new Float32Array(bands * frames);
  for (let row = 0; row < bands; row++) {
    const band = bands - 1 - row;
    for (let frame = 0; frame < frames; frame++)
      picture[row * frames + frame] = Math.max(floor, levels.getFloat32(4 * (frame * bands + band), true));
  }
  return picture;
}

/** The same as the card's network wants it: `(value - mean) * scale`. @returns the array that was given, changed */
export function normalised(picture: Float32Array, { mean: [mean = 0], scale: [scale = 1] }: Card['input']) {
  for (let i = 0; i < picture.length; i++) picture[i] = ((picture[i] as number) - mean) * scale;
  return picture;
}

/** The score of a network that repeats its input: the mean square of what it could not repeat. */
export function reconstructionError(input: Float32Array, output: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < input.length; i++) sum += ((input[i] as number) - (output[i] as number)) ** 2;
  return sum / Math.max(1, input.length);
}
