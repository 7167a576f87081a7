import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disk, noDisk } from '../support/disk.ts';
import { fill, GatewayBench, type GatewayBenchOptions, type GatewayTrial } from '../support/gateway-bench.ts';
import { noCompiler } from '../support/power-cut.ts';
import { until } from '../support/until.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'readings lost, doubled and out of order between a gateway and a store when link, power, disk or broker fails';

const minute = 60_000;
const day = 24 * 60 * minute;

interface Fault {
  readonly name: string;
  readonly bench?: GatewayBenchOptions;
  /** Messages that the source leaves open at once. */
  readonly window?: number;
  /** Each trial begins anew. */
  readonly once?: boolean;
  /** Why it cannot be tried here. */
  readonly missing?: () => string | false;
  readonly happen: (bench: GatewayBench) => Promise<void>;
}

const somewhen = (most: number): Promise<void> => sleep(most * Math.random());

const faults: readonly Fault[] = [
  {
    name: 'link-cut',
    async happen({ line }) {
      line.cut(Math.random() < 0.5 ? 'reset' : 'silent');
      await somewhen(3000);
      line.join();
    },
  },
  { name: 'kill', happen: (bench) => bench.killGateway() },
  { name: 'power-cut', bench: { power: true }, missing: noCompiler, happen: (bench) => bench.cutPower() },
  {
    name: 'broker-restart',
    async happen({ broker }) {
      await broker.halt();
      await somewhen(1000);
      await broker.restart();
    },
  },
  {
    name: 'disk-full',
    // one message at a time: what is refused comes again before what follows it
    window: 1,
    // an outbox that was once larger has room to go on in
    once: true,
    missing: noDisk,
    async happen({ folder, line }) {
      const ballast = join(folder, 'ballast');
      line.cut('reset');
      fill(ballast);
      await sleep(500 + 2000 * Math.random());
      rmSync(ballast);
      line.join();
    },
  },
  {
    // beyond what was asked of it: a broker may lose what it has acknowledged since it last saved
    name: 'broker-kill',
    async happen({ broker }) {
      await broker.kill();
      await somewhen(1000);
      await broker.restart();
    },
  },
];

export default async function gatewayFaults(
  report: Report,
  { smoke, trials = 50, flags }: BenchOptions,
): Promise<void> {
  const named = smoke ? 'kill' : flags['fault'];
  const count = smoke ? 200 : Number(flags['count'] ?? 1000);
  for (const fault of faults.filter(({ name }) => named === undefined || name === named)) {
    const missing = fault.missing?.();
    if (missing) {
      report(`${fault.name}.trials`, 0, `trials, ${missing}`);
      continue;
    }
    const { results, writesLost } = await series(fault, smoke ? 1 : trials, count);
    report(`${fault.name}.trials`, results.length, 'trials');
    const sum = (of: keyof GatewayTrial): number => results.reduce((total, result) => total + result[of], 0);
    report(`${fault.name}.sent`, sum('sent'), 'readings');
    report(`${fault.name}.lost`, sum('lost'), 'readings');
    report(`${fault.name}.duplicated`, sum('duplicated'), 'rows');
    report(`${fault.name}.disordered`, sum('disordered'), 'rows');
    if (fault.name === 'power-cut') report(`${fault.name}.writes-lost`, writesLost, 'writes');
    if (fault.name === 'disk-full') {
      report(`${fault.name}.trials-refused`, results.filter(({ refused }) => refused > 0).length, 'trials');
      report(`${fault.name}.refused`, sum('refused'), 'messages');
    }
  }
  if (!smoke && (named === undefined || named === 'backlog')) await backlog(report, Number(flags['rows'] ?? 259_200));
}

/** Three days of a reading a second with the line cut, then all at once; the gateway is killed while it sends. */
async function backlog(report: Report, count: number): Promise<void> {
  const bench = await GatewayBench.start();
  try {
    const times = { kept: 0, sent: 0 };
    const began = performance.now();
    bench.line.cut('reset');
    const result = await bench.trial(count, { perSecond: 1e6, span: 3 * day, window: 20, most: 500 }, async () => {
      await until(() => bench.taken >= count, { ms: 300_000, what: 'the backlog to be kept' });
      times.kept = performance.now() - began;
      await until(() => bench.figures.waiting === count, { what: 'the gateway to tell of it' });
      report('backlog.disk', (bench.figures.bytes ?? 0) / count, 'bytes/reading');
      bench.line.join();
      const joined = performance.now();
      await until(() => bench.stored >= count / 4, { ms: 300_000, what: 'a part to be stored' });
      report('backlog.link', (bench.figures.bytesSent ?? 0) / (bench.figures.sent ?? 1), 'bytes/reading');
      report('backlog.compressed', (bench.figures.bytesPlain ?? 0) / (bench.figures.bytesSent ?? 1), 'times');
      await bench.killGateway();
      await until(() => bench.stored >= count, { ms: 300_000, what: 'all to be stored' });
      times.sent = performance.now() - joined;
    });
    report('backlog.readings', result.sent, 'readings');
    report('backlog.lost', result.lost, 'readings');
    report('backlog.duplicated', result.duplicated, 'rows');
    report('backlog.disordered', result.disordered, 'rows');
    report('backlog.kept', count / (times.kept / 1000), 'readings/s');
    report('backlog.stored', count / (times.sent / 1000), 'readings/s, killed once');
  } finally {
    await bench.stop();
  }
}

interface Series {
  readonly results: readonly GatewayTrial[];
  readonly writesLost: number;
}

async function series(fault: Fault, trials: number, count: number): Promise<Series> {
  const results: GatewayTrial[] = [];
  let writesLost = 0;
  while (results.length < trials) {
    const disk = fault.name === 'disk-full' ? Disk.mount(8) : undefined;
    const bench = await GatewayBench.start({ ...fault.bench, ...(disk ? { folder: disk.path } : {}) });
    try {
      do results.push(await trial(fault, bench, count));
      while (!fault.once && results.length < trials);
      writesLost += bench.writesLost;
    } finally {
      await bench.stop();
      disk?.remove();
    }
  }
  return { results, writesLost };
}

async function trial(fault: Fault, bench: GatewayBench, count: number): Promise<GatewayTrial> {
  const perSecond = 1000;
  // minutes to days, as even on a scale of times
  const span = 2 * minute * ((3 * day) / (2 * minute)) ** Math.random();
  return await bench.trial(count, { perSecond, span, ...(fault.window ? { window: fault.window } : {}) }, async () => {
    await sleep(((0.1 + 0.8 * Math.random()) * (1000 * count)) / perSecond);
    await fault.happen(bench);
  });
}
