import { type Static, Type } from 'typebox';
import type { PictureSettings } from '../picture.js';
import { type Preset, presets } from '../presets.js';

export const SpectrogramConfig = Type.Object({
  preset: Type.Enum(['hearing', 'picture', 'vibration', 'own'], { default: 'hearing' }),
  /** ms */
  window: Type.Number({ minimum: 1, maximum: 10_000, default: 64 }),
  /** Per cent of the window. */
  overlap: Type.Number({ minimum: 0, maximum: 95, default: 50 }),
  scale: Type.Enum(['mel', 'linear'], { default: 'mel' }),
  /** 0 with `linear`: each bin. */
  bands: Type.Integer({ minimum: 0, maximum: 1024, default: 128 }),
  /** Hz; 0 as high: half the sample rate. */
  low: Type.Number({ minimum: 0, default: 0 }),
  high: Type.Number({ minimum: 0, default: 0 }),
  /** 0: each message by itself. */
  seconds: Type.Number({ minimum: 0, maximum: 60, default: 1 }),
  /** `auto`: what the preset says. */
  use: Type.Enum(['auto', 'mix', 'each', 'cancel'], { default: 'auto' }),
  picture: Type.Enum(['none', 'axes', 'plain'], { default: 'none' }),
  /** dB; absent: the most there is. */
  top: Type.Optional(Type.Number({ minimum: -200, maximum: 200 })),
  depth: Type.Number({ exclusiveMinimum: 0, maximum: 200, default: 80 }),
  /** Of bytes without a header, and of numbers. */
  sampleRate: Type.Number({ minimum: 1, maximum: 1_000_000, default: 16_000 }),
  channels: Type.Integer({ minimum: 1, maximum: 64, default: 1 }),
  format: Type.Enum(['s16le', 's24le', 's32le', 'f32le'], { default: 's16le' }),
  source: Type.String({ maxLength: 200, default: '' }),
  /** Where recordings lie that messages only name, as those of a feed do. */
  bucket: Type.Optional(Type.String()),
});
export type SpectrogramConfig = Static<typeof SpectrogramConfig>;

export function presetOf({ preset, use, ...own }: SpectrogramConfig): Preset {
  if (preset !== 'own') return use === 'auto' ? presets[preset] : { ...presets[preset], use };
  const window = own.window / 1000;
  const { scale, low, high, seconds } = own;
  // a mel scale has no bins of its own
  const bands = scale === 'mel' && own.bands === 0 ? presets.hearing.bands : own.bands;
  const hop = window * (1 - own.overlap / 100);
  return { window, hop, scale, bands, low, high, seconds, use: use === 'auto' ? 'mix' : use };
}

export function pictureSettings({ picture, top, depth }: SpectrogramConfig): PictureSettings | undefined {
  if (picture === 'none') return undefined;
  return { style: picture, depth, ...(top === undefined ? {} : { top }) };
}
