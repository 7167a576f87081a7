import { setTimeout as sleep } from 'node:timers/promises';
import { type BackedUp, type BackupOptions, backupStore } from './backup.js';
import { backUpLearned } from './backup-learned.js';
import { newestBackup } from './backup-manifest.js';
import type { Bucket } from './bucket/bucket.js';
import type { StoreHandle } from './handle.js';

export interface BackupPlan extends Omit<BackupOptions, 'signal'> {
  readonly store: StoreHandle;
  readonly bucket: () => Promise<Bucket>;
  /** A backup is due when the newest one in the bucket is older than this, also after a restart. */
  readonly hours: number;
  readonly name: string;
  /** Whose learned models go along. */
  readonly userDir?: string | undefined;
  readonly onDone: (backup: BackedUp) => void;
  readonly onProblem: (thrown: unknown) => void;
  /** How long to wait after a failure; default a quarter of an hour. */
  readonly retryMs?: number;
}

const hour = 3_600_000;

/** Backs up again and again until `signal` is aborted; one that is on its way then ends without a trace. */
export async function backUpRegularly(plan: BackupPlan, signal: AbortSignal): Promise<void> {
  const { retryMs = hour / 4 } = plan;
  while (!signal.aborted) {
    try {
      const bucket = await plan.bucket();
      const last = (await newestBackup(bucket, plan.name)) ?? 0;
      await sleepUntil(last + plan.hours * hour, signal);
      const done = await backupStore(plan.store, bucket, { ...plan, signal });
      if (plan.userDir !== undefined) await backUpLearned(plan.userDir, bucket, { ...plan, time: done.manifest.time });
      plan.onDone(done);
    } catch (thrown) {
      if (signal.aborted) return;
      plan.onProblem(thrown);
      await sleep(retryMs, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}

/** In pieces: a timer is exact neither over days nor while the machine sleeps. */
async function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  for (let left = time - Date.now(); left > 0; left = time - Date.now()) {
    await sleep(Math.min(left, hour / 6), undefined, { ref: false, signal });
  }
}
