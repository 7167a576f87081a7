import type { Card } from '../../inference/card.js';
import type { Spectrogram } from '../../kit/index.js';
import { hertz } from '../hertz.js';
import type { Pictures } from './pictures.js';
import { say } from './texts.js';

/** dB that anybody hears. */
const audible = 3;
const mostReasons = 3;

/**
 * What of a stretch a network could not repeat, in words, the worst first.
 * @param outputs of each picture
 */
export function reasonsOf(
  times: number,
  pictures: Pictures,
  outputs: readonly ArrayLike<number>[],
  { bands }: Pick<Spectrogram, 'bands'>,
  { input }: Card,
): string[] {
  const whole = say('unlike', { times: times.toPrecision(2) });
  // only with one channel are rows bands in every layout
  if (pictures.size.channels !== 1) return [whole];
  const off = offsOf(pictures, outputs, input.scale[0] ?? 1);
  return [...groupsOf(off, bands).slice(0, mostReasons), whole];
}

/** dB by which each band is louder than what the network made of it, lowest first. */
function offsOf({ all, size }: Pictures, outputs: readonly ArrayLike<number>[], scale: number): number[] {
  const off = new Array<number>(size.bands).fill(0);
  for (const [n, input] of all.entries()) {
    for (let i = 0; i < input.length; i++) {
      const band = size.bands - 1 - Math.floor(i / size.frames);
      const difference = (input[i] as number) - Number(outputs[n]?.[i] ?? 0);
      off[band] = (off[band] as number) + difference / scale / (all.length * size.frames);
    }
  }
  return off;
}

/** Neighbours that go the same way are one. */
function groupsOf(off: readonly number[], bands: readonly number[]): string[] {
  const groups: { from: number; to: number; peak: number }[] = [];
  for (const [band, amount] of off.entries()) {
    if (Math.abs(amount) < audible) continue;
    const last = groups.at(-1);
    if (last?.to === band - 1 && last.peak > 0 === amount > 0) {
      last.to = band;
      if (Math.abs(amount) > Math.abs(last.peak)) last.peak = amount;
    } else groups.push({ from: band, to: band, peak: amount });
  }
  return groups
    .sort((a, b) => Math.abs(b.peak) - Math.abs(a.peak))
    .map(({ from, to, peak }) => {
      const [low, high] = [hertz(bands[from] as number), hertz(bands[to] as number)];
      const where = low === high ? low : `${low} – ${high}`;
      return say(peak > 0 ? 'louder' : 'quieter', { where, amount: Math.round(Math.abs(peak)) });
    });
}
