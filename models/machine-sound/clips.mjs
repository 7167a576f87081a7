import { Random } from '../../dist/inference/train/random.js';
import { conditions, geometryOf, soundOf } from '../../dist/simulate/sound/index.js';
import { networkPicture } from '../../dist/sound/network-input.js';
import { presets } from '../../dist/sound/presets.js';
import { Spectrograms } from '../../dist/sound/spectrogram.js';

export { conditions };

/** Hz; what the network hears. */
export const sampleRate = 16_000;

/** What a card says of it. */
export const heardAs = (({ window, hop, scale }) => ({ sampleRate, window, hop, scale }))(presets.picture);

/** Samples before what is looked at: filters ring in. */
const before = 2_400;
const [window, hop, frames] = [1_024, 256, 64];
/** Samples under one picture. */
export const clipLength = window + (frames - 1) * hop;

const spectrograms = new Spectrograms();

/** First seeds: a machine that was learned from is never one that is judged by. */
export const seeds = { learn: 18, judge: 18_000_000 };

/** What the machine of this seed is asked to do, unless `given` says otherwise; condition after condition. */
export function driveOf(seed, given = {}) {
  const between = spread(seed, 1);
  return {
    condition: conditions[seed % conditions.length],
    shaft: geometryOf(seed).rated * between(0.7, 1.05),
    load: between(0.3, 1),
    severity: between(0.4, 1),
    noise: between(-40, -10),
    ...given,
  };
}

/**
 * A machine of its own for every clip: its geometry, resonances, room and microphone follow from the seed, and so do what
 * it is asked to do and the recorder's gain.
 */
export function clipOf(seed, given) {
  const drive = driveOf(seed, given);
  const gain = 10 ** (spread(seed, 2)(-18, 12) / 20);
  const voice = soundOf(seed, sampleRate);
  voice.next(before, drive);
  const samples = voice.next(clipLength, drive);
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, gain * samples[i]));
  return { drive, samples };
}

/** As `spectrogram` and `anomaly` make it of mono sound at `sampleRate`. @returns dB, 48 bands by 64 frames */
export async function pictureOf(samples) {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const pcm = { sampleRate, channels: 1, format: 'f32le', samples: bytes };
  return networkPicture(await spectrograms.of(pcm, presets.picture));
}

function spread(seed, stream) {
  const random = new Random(seed, stream);
  return (least, most) => least + (most - least) * random.uniform();
}
