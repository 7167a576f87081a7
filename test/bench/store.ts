import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFeed } from '../../dist/store/feed.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { expireOnce } from '../../dist/store/retention.js';
import { startPostgres } from '../servers/postgres.ts';
import { needs } from '../support/needs.ts';
import { reading } from '../support/stores.ts';
import { until } from '../support/until.ts';
import type { BenchOptions } from './run.ts';

export const about = 'readings committed and fed per second, SQLite and PostgreSQL; what retention does to a commit';

type Report = (figure: string, value: number | string, unit: string) => void;

const batch = 500;
const old = Date.now() - 30 * 86_400_000;

export default async function store(report: Report, options: BenchOptions): Promise<void> {
  const rows = options.smoke ? 2_000 : (options.rows ?? 200_000);
  const commits = options.smoke ? 5 : 100;
  const folder = mkdtempSync(join(tmpdir(), 'percept-bench-'));
  try {
    await measure(join(folder, 'a.sqlite'), 'sqlite', rows, commits, report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (needs('postgresql')) return;
  // as a careful owner runs it: a commit waits for the disk
  const server = await startPostgres({ fsync: true });
  try {
    await measure(await server.database(), 'postgres', rows, commits, report);
  } finally {
    await server.stop();
  }
}

/** @param commits whose latency is looked at */
async function measure(url: string, kind: string, rows: number, commits: number, report: Report): Promise<void> {
  const opened = await openStore({ url });
  try {
    report(`${kind}.commit`, await perSecond(rows, () => commitAll(opened, rows, 4)), 'readings/s');
    report(`${kind}.feed`, await perSecond(rows, () => feedAll(opened, rows)), 'rows/s');
    report(`${kind}.commit-p99`, p99(await latencies(opened, rows, commits, () => true)), 'ms');
    let done = false;
    const { signal } = new AbortController();
    const expiring = expireOnce(opened.db, { retention: { reading: 7 }, signal }).finally(() => {
      done = true;
    });
    report(`${kind}.commit-p99-beside-retention`, p99(await latencies(opened, 2 * rows, commits, () => !done)), 'ms');
    await expiring;
  } finally {
    await opened.close();
  }
}

async function perSecond(rows: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round((rows / (performance.now() - began)) * 1_000);
}

async function commitAll(opened: StoreHandle, rows: number, inFlight: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < rows) {
      const from = next;
      next += batch;
      await opened.commit({ readings: batchOf(from, old) });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

function batchOf(from: number, receivedAt: number) {
  return Array.from({ length: batch }, (_, i) => reading(from + i, { receivedAt }));
}

async function feedAll(opened: StoreHandle, rows: number): Promise<void> {
  const abort = new AbortController();
  let fed = 0;
  const feed = openFeed(opened, { name: 'bench', table: 'reading', signal: abort.signal }, () => {
    fed++;
  });
  await until(() => fed >= rows, { ms: 300_000, what: 'all rows' });
  abort.abort();
  await feed;
}

/** ms of small commits at a calm pace, as from a plant that sends 1,000 readings a second. */
async function latencies(opened: StoreHandle, from: number, commits: number, goesOn: () => boolean): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < commits && goesOn(); i++) {
    const readings = Array.from({ length: 20 }, (_, n) =>
      reading(10 * (from + i * 20 + n), { receivedAt: Date.now() }),
    );
    const began = performance.now();
    await opened.commit({ readings });
    took.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return took;
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * 0.99)] ?? sorted.at(-1) ?? 0) * 10) / 10;
}
