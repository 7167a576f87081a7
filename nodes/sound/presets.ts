import type { SpectrogramSettings } from './spectrogram.js';

export interface Preset extends SpectrogramSettings {
  /** Seconds from the beginning of one spectrogram to that of the next; 0: each message is one by itself. */
  readonly seconds: number;
}

export const presets = {
  /** What a machine is heard with: a second in 128 bands that are as wide as an ear's. */
  hearing: { window: 0.064, hop: 0.032, scale: 'mel', bands: 128, low: 0, high: 0, use: 'mix', seconds: 1.024 },
  /** 48 by 64: what the network of the machines' faults looks at. */
  picture: { window: 0.064, hop: 0.016, scale: 'mel', bands: 48, low: 0, high: 0, use: 'mix', seconds: 1.024 },
  /** An accelerometer: every bin but the lowest, which is how the sensor lies. */
  vibration: { window: 0.64, hop: 0.16, scale: 'linear', bands: 0, low: 1, high: 0, use: 'each', seconds: 0 },
} as const satisfies Readonly<Record<string, Preset>>;
