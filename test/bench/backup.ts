import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupStore, countRows } from '../../dist/store/backup.js';
import { restoreStore } from '../../dist/store/backup-restore.js';
import { openBucket } from '../../dist/store/bucket/open.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { someReadings } from '../support/rows.ts';
import type { BenchOptions } from './run.ts';

export const about = 'backup of a SQLite store while rows come in, what commits feel of it, and the restore';

type Report = (figure: string, value: number | string, unit: string) => void;

const atOnce = 1000;
const perSecond = 1000;

export default async function (
  report: Report,
  { smoke, rows = smoke ? 20_000 : 2_000_000 }: BenchOptions,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'bench-backup-'));
  const bucket = await openBucket({ kind: 'folder', path: join(root, 'bucket') });
  const store = await openStore({ url: join(root, 'live.db') });
  try {
    for (let at = 0; at < rows; at += atOnce) await store.commit({ readings: someReadings(atOnce, at) });
    const quiet = await latencies(store, rows, sleep(smoke ? 300 : 3000));
    let began = performance.now();
    const backup = backupStore(store, bucket).finally(() => {
      report('seconds', (performance.now() - began) / 1000, 's');
    });
    const busy = await latencies(store, 10 * rows, backup);
    const { manifest } = await backup;
    report('rows', manifest.rows['reading'] ?? 0, 'rows');
    report('whole', manifest.whole.bytes / 1e6, 'MB');
    report('packed', manifest.packed.bytes / 1e6, 'MB');
    report('commit_p99_alone', quiet, 'ms');
    report('commit_p99_during', busy, 'ms');
    began = performance.now();
    await restoreStore(bucket, { url: join(root, 'restored.db') });
    report('restore_seconds', (performance.now() - began) / 1000, 's');
    const restored = await openStore({ url: join(root, 'restored.db') });
    const lost = (manifest.rows['reading'] ?? 0) - (await countRows(restored)).reading;
    await restored.close();
    report('lost', lost, 'rows');
  } finally {
    await store.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** p99 of commits of ten rows at a thousand rows a second, until `end`. */
async function latencies(store: StoreHandle, from: number, end: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  const stop = () => ended.abort();
  void end.then(stop, stop);
  const took: number[] = [];
  const size = 10;
  for (let at = from; !ended.signal.aborted; at += size) {
    const began = performance.now();
    await store.commit({ readings: someReadings(size, at) });
    took.push(performance.now() - began);
    await sleep((1000 * size) / perSecond);
  }
  took.sort((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)] ?? 0;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
