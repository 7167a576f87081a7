import { needs } from '../support/needs.ts';
import { type NotifyFault, NotifyFaultSeries, notifyFaults } from '../support/notify-fault-kinds.ts';
import type { NotifyFaultResult } from '../support/notify-faults.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'alert and notify together: alerts lost, notices sent twice and out of order when processes, providers, clocks and databases fail';

export default async function (report: Report, { smoke, trials = 200, flags }: BenchOptions): Promise<void> {
  const named = smoke ? 'kill' : flags['fault'];
  const kinds = notifyFaults.filter(({ name }) => named === undefined || name === named);
  const each = smoke ? 1 : Math.ceil(trials / kinds.length);
  const waiting = [...kinds];
  const worker = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift()) await series(report, fault, each, smoke ? 2 : 8);
  };
  await Promise.all(Array.from({ length: Number(flags['parallel'] ?? 3) }, worker));
}

async function series(report: Report, fault: NotifyFault, trials: number, alerts: number): Promise<void> {
  const missing = fault.postgres && needs('postgresql');
  if (missing) {
    report(`${fault.name}.trials`, 0, `trials, ${missing}`);
    return;
  }
  const results: NotifyFaultResult[] = [];
  const running = await NotifyFaultSeries.start(fault);
  try {
    while (results.length < trials) results.push(await running.trial(alerts));
  } finally {
    await running.stop();
  }
  const sum = (of: keyof NotifyFaultResult): number => results.reduce((total, result) => total + result[of], 0);
  report(`${fault.name}.trials`, results.length, 'trials');
  report(`${fault.name}.alerts`, sum('alerts'), 'alerts');
  report(`${fault.name}.requests`, sum('requests'), 'requests that reached the provider');
  report(`${fault.name}.lost`, sum('lost'), 'alerts');
  report(`${fault.name}.doubled`, sum('doubled'), 'requests, unmarked or once too often');
  report(`${fault.name}.disordered`, sum('disordered'), 'requests');
  report(`${fault.name}.again`, sum('again'), 'requests, marked: no answer had been taken in');
}
