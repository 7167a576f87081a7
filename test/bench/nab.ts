import { join } from 'node:path';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { pause } from '../../dist/sensor/outlier/judge.js';
import { dataFolder } from '../support/data.ts';
import { type NabFile, nabNormalised, nabOptimum, nabPoints, nabProfiles, nabSample, readNab } from '../support/nab.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'the Numenta Anomaly Benchmark, scored as it scores itself, over the files of --data';

/** @param options data: NAB's own folder, with `data/` and `labels/` */
export default async function nab(report: Report, { smoke, data }: BenchOptions): Promise<void> {
  const files = smoke ? nabSample() : readNab(data ?? folder());
  const scores = files.map(scoreFile);
  const windows = files.reduce((sum, file) => sum + file.windows.length, 0);
  report('files', files.length, 'files');
  report('windows', windows, 'windows');
  for (const [name, profile] of Object.entries(nabProfiles)) {
    const points = files.flatMap((file, i) => nabPoints(file, scores[i] ?? [], profile));
    report(name, nabNormalised(nabOptimum(points, profile).score, windows, profile), '');
  }
}

function folder(): string {
  const data = dataFolder();
  if (!data) throw new Error('There are no recordings: give the folder of NAB with --data.');
  return join(data, 'sensors', 'NAB');
}

/**
 * One detection an event, as the detector has it, whatever the threshold will be: only what stands out of the rows that
 * belong to the same episode keeps its score.
 */
function scoreFile({ times, values }: NabFile): number[] {
  const detector = createDetector({ channels: ['value'] });
  const scores = values.map((value, i) => detector.update({ time: times[i] as number, values: [value] }).score);
  return scores.map((score, i) =>
    scores.slice(Math.max(0, i - pause), i).some((other) => other >= score) ? 0 : score / 100,
  );
}
