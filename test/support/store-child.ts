// A program that tests start and kill. It does one job on a store and says on stdout, line by line, what is done for sure.
import { openFeed } from '../../dist/store/feed.js';
import { openStore, type StoreSettings } from '../../dist/store/open.js';
import { readings } from './stores.ts';

interface Job {
  readonly job: 'commit' | 'feed' | 'open';
  readonly settings: StoreSettings;
  readonly from?: number;
  readonly batch?: number;
  readonly batches?: number;
  readonly name?: string;
  readonly leaseMs?: number;
  /** Per row. */
  readonly workMs?: number;
}

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const abort = new AbortController();
process.once('SIGTERM', () => abort.abort());

const store = await openStore(job.settings);
if (job.job === 'commit') await commit();
else if (job.job === 'feed') await feed();
else say('open');
await store.close();

/** Says the number of the first reading that is not committed yet. */
async function commit(): Promise<void> {
  const { from = 0, batch = 50, batches = Number.POSITIVE_INFINITY } = job;
  for (let i = 0; i < batches && !abort.signal.aborted; i++) {
    await store.commit({ readings: readings(from + i * batch, batch) });
    say(from + (i + 1) * batch);
  }
}

/** Says the id of every row it was handed. */
async function feed(): Promise<void> {
  const { name = 'test', leaseMs = 1_000, workMs = 0 } = job;
  await openFeed(store, { name, table: 'reading', signal: abort.signal, leaseMs, pollMs: 500 }, async (row) => {
    if (workMs > 0) await new Promise((resolve) => setTimeout(resolve, workMs));
    say(row.id);
  });
}
