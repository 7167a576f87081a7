import { join } from 'node:path';
import { createDetector } from '../../dist/sensor/outlier/detector.js';
import { dataFolder } from '../support/data.ts';
import { readSkab, type SkabFile, skabFigures, skabSample, skabTraining } from '../support/skab.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'the Skoltech Anomaly Benchmark: row by row over the files of --data, after 400 rows to learn from';

/** One in ten minutes: an experiment takes twenty. */
const falseAlarmsPerWeek = 1008;

/** @param options data: SKAB's own folder, with `data/` */
export default async function skab(report: Report, { smoke, data }: BenchOptions): Promise<void> {
  const files = smoke ? [skabSample()] : readSkab(data ?? folder());
  const { f1, far, mar } = skabFigures(files, files.map(alarmsOf));
  report('files', files.length, 'files');
  report('f1', f1, '');
  report('far', far, '%');
  report('mar', mar, '%');
}

function folder(): string {
  const data = dataFolder();
  if (!data) throw new Error('There are no recordings: give the folder of SKAB with --data.');
  return join(data, 'sensors', 'SKAB');
}

function alarmsOf({ channels, times, rows }: SkabFile): boolean[] {
  const detector = createDetector({ channels, warmUp: skabTraining, falseAlarmsPerWeek });
  return rows.map((values, i) => detector.update({ time: times[i] as number, values }).state === 'finding');
}
