import type { Spectrogram } from '../kit/index.js';
import { hertzOf, melOf } from './bands.js';
import { dot, textHeight, textWidth, write } from './glyphs.js';
import { type Bitmap, pngOf } from './png.js';

export interface PictureSettings {
  /** `plain`: a pixel a band and frame and nothing else, what a network sees. */
  readonly style: 'axes' | 'plain';
  /** dB of the brightest colour; absent: the most there is. */
  readonly top?: number;
  /** dB from there down to black. */
  readonly depth: number;
}

type Drawn = Pick<Spectrogram, 'shape' | 'data' | 'range' | 'scale' | 'bands' | 'hop'>;

/** Black over violet and orange to pale yellow: lightness rises all the way, so that it reads without colour too. */
const colours = [
  [0, 0, 4],
  [40, 11, 84],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
] as const;
const paper = 255;
const ink = 60;
const margin = { left: 54, right: 62, top: 10, bottom: 26, between: 8 };
const wanted = { width: 480, height: 240 };

/** Time to the right, pitch upwards, channels one below the other, the first on top. */
export function pictureOf(drawn: Drawn, settings: PictureSettings): Buffer {
  return pngOf(settings.style === 'plain' ? plain(drawn, settings) : withAxes(drawn, settings));
}

function blank(width: number, height: number): Bitmap {
  return { width, height, pixels: Buffer.alloc(3 * width * height, paper) };
}

function plain(drawn: Drawn, settings: PictureSettings): Bitmap {
  const [channels, frames, bands] = drawn.shape;
  const bitmap = blank(Math.max(1, frames), Math.max(1, channels * bands));
  for (let channel = 0; channel < channels; channel++)
    paint(bitmap, drawn, settings, channel, { x: 0, y: channel * bands, across: 1, up: 1 });
  return bitmap;
}

function withAxes(drawn: Drawn, settings: PictureSettings): Bitmap {
  const [channels, frames, bands] = drawn.shape;
  const across = Math.max(1, Math.round(wanted.width / Math.max(1, frames)));
  const up = Math.max(1, Math.round(wanted.height / Math.max(1, bands * channels)));
  const [width, height] = [across * frames, up * bands];
  const total = channels * height + (channels - 1) * margin.between;
  const bitmap = blank(margin.left + width + margin.right, margin.top + total + margin.bottom);
  for (let channel = 0; channel < channels; channel++) {
    const y = margin.top + channel * (height + margin.between);
    paint(bitmap, drawn, settings, channel, { x: margin.left, y, across, up });
    pitchAxis(bitmap, drawn, y, height);
  }
  timeAxis(bitmap, frames * drawn.hop, margin.top + total, width);
  legend(bitmap, drawn, settings, margin.left + width + 10, total);
  return bitmap;
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** Pixels a frame and a band. */
  readonly across: number;
  readonly up: number;
}

function paint(bitmap: Bitmap, { shape, data, range }: Drawn, settings: PictureSettings, channel: number, at: Place) {
  const [, frames, bands] = shape;
  const top = settings.top ?? range.max;
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      const level = data.readFloatLE(4 * ((channel * frames + frame) * bands + band));
      const colour = colourOf(1 - (top - level) / settings.depth);
      const y = at.y + (bands - 1 - band) * at.up;
      for (let row = 0; row < at.up; row++) {
        const start = 3 * ((y + row) * bitmap.width + at.x + frame * at.across);
        for (let column = 0; column < at.across; column++) bitmap.pixels.set(colour, start + 3 * column);
      }
    }
  }
}

/** @param share 0 is black, 1 the brightest */
function colourOf(share: number): number[] {
  const at = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const low = Math.min(colours.length - 2, Math.floor(at));
  const [from, to] = [colours[low], colours[low + 1]] as [readonly number[], readonly number[]];
  return from.map((value, i) => Math.round(value + (at - low) * ((to[i] as number) - value)));
}

function pitchAxis(bitmap: Bitmap, { bands, scale }: Drawn, top: number, height: number): void {
  const [low, high] = [bands[0] ?? 0, bands.at(-1) ?? 0];
  const to = scale === 'mel' ? melOf : (value: number): number => value;
  const back = scale === 'mel' ? hertzOf : (value: number): number => value;
  let free = Number.POSITIVE_INFINITY;
  const steps = Math.max(1, Math.floor(height / 40));
  for (let i = 0; i <= steps; i++) {
    const hertz = rounded(back(to(low) + ((to(high) - to(low)) * i) / steps), high / 50);
    const share = (to(hertz) - to(low)) / Math.max(Number.EPSILON, to(high) - to(low));
    const y = Math.round(top + (height - 1) * (1 - Math.max(0, Math.min(1, share))));
    if (free - y < textHeight + 3) continue;
    free = y;
    const text = high >= 2000 ? `${short(hertz / 1000)} kHz` : `${short(hertz)} Hz`;
    write(bitmap, text, margin.left - 6 - textWidth(text), y - 3, ink);
    for (let x = 1; x <= 4; x++) dot(bitmap, margin.left - x, y, ink);
  }
}

function timeAxis(bitmap: Bitmap, seconds: number, top: number, width: number): void {
  const step = niceStep(seconds / Math.max(1, Math.floor(width / 70)));
  for (let at = 0; at <= seconds * 1.0001; at += step) {
    const x = margin.left + Math.round((at / seconds) * (width - 1));
    for (let y = 0; y < 4; y++) dot(bitmap, x, top + y, ink);
    const text = `${short(at)} s`;
    write(bitmap, text, x - (textWidth(text) >> 1), top + 8, ink);
  }
}

function legend(bitmap: Bitmap, { range }: Drawn, settings: PictureSettings, x: number, height: number): void {
  const top = settings.top ?? range.max;
  for (let y = 0; y < height; y++) {
    const colour = colourOf(1 - y / (height - 1));
    for (let column = 0; column < 8; column++)
      bitmap.pixels.set(colour, 3 * ((margin.top + y) * bitmap.width + x + column));
  }
  for (const share of [0, 0.5, 1]) {
    const text = `${Math.round(top - share * settings.depth)} dB`;
    write(bitmap, text, x + 11, margin.top + Math.round(share * (height - textHeight)), ink);
  }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function rounded(value: number, step: number): number {
  const nice = niceStep(Math.max(step, Number.MIN_VALUE));
  return Math.round(value / nice) * nice;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
