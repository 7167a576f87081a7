import { setTimeout as sleep } from 'node:timers/promises';
import { FaultBench, type FaultOptions, type TrialResult } from '../support/fault-bench.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'rows lost and stored twice when Node-RED, the broker or the database is killed in mid-stream';

interface Fault {
  readonly name: string;
  readonly database: FaultOptions;
  /** Each trial uses its servers up. */
  readonly once?: boolean;
  readonly happen: (bench: FaultBench) => Promise<void>;
}

const faults: readonly Fault[] = [
  {
    name: 'node-red',
    database: { database: 'sqlite' },
    async happen({ nodeRed }) {
      await nodeRed.kill();
      await nodeRed.again();
    },
  },
  {
    name: 'broker',
    database: { database: 'sqlite' },
    async happen({ broker }) {
      await broker.kill();
      await broker.restart();
    },
  },
  {
    name: 'database-crash',
    database: { database: 'postgres' },
    async happen({ postgres }) {
      await postgres?.crash();
      await sleep(Math.random() * 1000);
      await postgres?.restart();
    },
  },
  {
    name: 'database-promotion',
    database: { database: 'postgres', standby: true },
    once: true,
    async happen({ postgres }) {
      await postgres?.crash();
      postgres?.promote();
    },
  },
];

export default async function ingestFaults(report: Report, { smoke, trials = 50, flags }: BenchOptions): Promise<void> {
  const named = smoke ? 'node-red' : flags['fault'];
  const perSecond = Number(flags['rate'] ?? 1000);
  for (const fault of faults.filter(({ name }) => named === undefined || name === named)) {
    const results = await series(fault, smoke ? 1 : trials, smoke ? 200 : 2 * perSecond, perSecond);
    const sum = (pick: (result: TrialResult) => number): number =>
      results.reduce((total, result) => total + pick(result), 0);
    report(`${fault.name}.trials`, results.length, 'trials');
    report(
      `${fault.name}.sent`,
      sum(({ sent }) => sent),
      'messages',
    );
    report(
      `${fault.name}.lost`,
      sum(({ lost }) => lost),
      'rows',
    );
    report(
      `${fault.name}.duplicated`,
      sum(({ duplicated }) => duplicated),
      'rows',
    );
    report(
      `${fault.name}.peer-lost`,
      sum(({ peerLost }) => peerLost),
      'rows',
    );
    report(
      `${fault.name}.peer-duplicated`,
      sum(({ peerDuplicated }) => peerDuplicated),
      'rows',
    );
  }
}

async function series(fault: Fault, trials: number, count: number, perSecond: number): Promise<TrialResult[]> {
  const results: TrialResult[] = [];
  let bench: FaultBench | undefined;
  try {
    while (results.length < trials) {
      bench ??= await FaultBench.start(fault.database);
      const running = bench;
      results.push(
        await running.trial(count, perSecond, async () => {
          await sleep(((0.2 + 0.6 * Math.random()) * (1000 * count)) / perSecond);
          await fault.happen(running);
        }),
      );
      if (!fault.once) continue;
      await bench.stop();
      bench = undefined;
    }
  } finally {
    await bench?.stop();
  }
  return results;
}
