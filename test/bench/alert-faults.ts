import { startPostgres } from '../servers/postgres.ts';
import { type AlertFault, alertFaults, alertFaultTrial, twoDesks } from '../support/alert-fault-kinds.ts';
import type { AlertFaultResult } from '../support/alert-faults.ts';
import { needs } from '../support/needs.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'alerts lost, told twice and out of order when processes die, clocks jump and channels fail';

export default async function (report: Report, { smoke, trials = 200, flags }: BenchOptions): Promise<void> {
  const named = smoke ? 'kill' : flags['fault'];
  const kinds = [...alertFaults, twoDesks].filter(({ name }) => named === undefined || name === named);
  const each = smoke ? 1 : Math.ceil(trials / kinds.length);
  const alerts = smoke ? 3 : 12;
  for (const fault of kinds) {
    const missing = fault === twoDesks && needs('postgresql');
    if (missing) report(`${fault.name}.trials`, 0, `trials, ${missing}`);
    else await series(report, fault, each, alerts, Number(flags['parallel'] ?? 3));
  }
}

async function series(
  report: Report,
  fault: AlertFault,
  trials: number,
  alerts: number,
  parallel: number,
): Promise<void> {
  const server = fault === twoDesks ? await startPostgres() : undefined;
  const results: AlertFaultResult[] = [];
  let left = trials;
  const worker = async (): Promise<void> => {
    while (left-- > 0) results.push(await alertFaultTrial(fault, alerts, await server?.database()));
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, trials) }, worker));
  } finally {
    await server?.stop();
  }
  const sum = (of: keyof AlertFaultResult): number => results.reduce((total, result) => total + result[of], 0);
  report(`${fault.name}.trials`, results.length, 'trials');
  report(`${fault.name}.alerts`, sum('alerts'), 'alerts');
  report(`${fault.name}.notices`, sum('notices'), 'notices');
  report(`${fault.name}.lost`, sum('lost'), 'alerts');
  report(`${fault.name}.doubled`, sum('doubled'), 'notices');
  report(`${fault.name}.disordered`, sum('disordered'), 'notices');
  report(`${fault.name}.late`, sum('late'), 'notices of a chain, marked: who was to tell them died or was held up');
  report(`${fault.name}.again`, sum('again'), 'notices, marked: no answer had come');
}
