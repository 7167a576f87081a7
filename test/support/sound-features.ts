import { featureNames, featuresOf, viewsOf } from '../../dist/sound/normal/features.js';
import { type SpectrogramSettings, Spectrograms } from '../../dist/sound/spectrogram.js';
import { pcmOf, type Recording } from './sound-recordings.ts';

/** What the nodes do with a microphone, and with an accelerometer, unless told otherwise. */
export const hearing: SpectrogramSettings = {
  window: 0.064,
  hop: 0.032,
  scale: 'mel',
  bands: 128,
  low: 0,
  high: 0,
  use: 'mix',
};
export const feeling: SpectrogramSettings = {
  window: 0.64,
  hop: 0.16,
  scale: 'linear',
  bands: 0,
  low: 1,
  high: 0,
  use: 'each',
};

const spectrograms = new Spectrograms();

/** One row of features for each stretch. */
export async function rowsOf(
  stretches: readonly Recording[],
  settings: SpectrogramSettings = hearing,
): Promise<Float64Array[]> {
  const rows: Float64Array[] = [];
  for (const stretch of stretches) rows.push(featuresOf(await spectrograms.of(pcmOf(stretch), settings)));
  return rows;
}

/** The columns of those rows that are looked at together. */
export async function viewsFor([stretch]: readonly Recording[], settings = hearing): Promise<number[][]> {
  return stretch ? viewsOf(featureNames(await spectrograms.of(pcmOf(stretch), settings))) : [];
}
