import { resolve } from 'node:path';
import type { Backend } from './backend.js';
import { storeError } from './errors.js';
import type { StoreHandle, StoreSettings } from './handle.js';
import { Opening } from './opening.js';
import { PostgresStore } from './postgres/store.js';
import { enforceRetention } from './retention.js';
import { SqliteStore } from './sqlite/store.js';

export type { Problem, Retention, Row, StoreHandle, StoreSettings, StoreState, TableName } from './handle.js';

interface Shared {
  readonly backend: Backend;
  readonly opening: Opening;
  users: number;
}

const shared = new Map<string, Shared>();

/**
 * Opens the database at `settings.url`, making its tables where they are missing. Handles of one URL within a process
 * share threads and connections, counted by reference: a redeploy or a second node opens nothing twice.
 * @throws PerceptError `store-…` why it can't be opened; never with `settings.patient`
 */
export async function openStore(settings: StoreSettings): Promise<StoreHandle> {
  const full = isPostgres(settings.url) ? settings : { ...settings, url: resolve(settings.url) };
  const key = JSON.stringify([full.url, full.user ?? '', full.password ?? '']);
  const entry = shared.get(key) ?? create(full);
  shared.set(key, entry);
  entry.users++;
  const handle = handleOf(entry, key, full);
  if (full.patient) {
    void entry.opening.patiently();
    return handle;
  }
  try {
    await entry.opening.ready();
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//i.test(url);
}

function create(settings: StoreSettings): Shared {
  const ready = () => opening.ready();
  const backend: Backend = isPostgres(settings.url)
    ? new PostgresStore(settings, ready)
    : new SqliteStore(settings, ready);
  const opening = new Opening(() => backend.open());
  return { backend, opening, users: 0 };
}

async function release(entry: Shared, key: string): Promise<void> {
  entry.users--;
  if (entry.users > 0) return;
  if (shared.get(key) === entry) shared.delete(key);
  entry.opening.stop();
  // an attempt on its way would start what was just closed
  await entry.opening.once().catch(() => undefined);
  await entry.backend.close();
}

function handleOf(entry: Shared, key: string, settings: StoreSettings): StoreHandle {
  const { backend, opening } = entry;
  const { retention, onRecordingsExpired, onProblem } = settings;
  const abort = new AbortController();
  const expiring = retention
    ? enforceRetention(backend.db, {
        retention,
        signal: abort.signal,
        ...(onRecordingsExpired && { onRecordingsExpired }),
        ...(onProblem && { onProblem }),
      })
    : undefined;
  let closed: Promise<void> | undefined;
  const end = async (quietMs: number): Promise<void> => {
    abort.abort();
    await expiring;
    await opening.quiet(quietMs);
    ended = true;
    await release(entry, key);
  };
  let ended = false as boolean;
  const open = (): Backend => {
    if (ended) throw storeError('store-closed', { store: backend.label });
    return backend;
  };
  return {
    kind: backend.kind,
    label: backend.label,
    db: backend.db,
    commit: async (batch) => open().commit(batch),
    putFinding: async (finding) => open().putFinding(finding),
    onRows: (table, wake) => open().onRows(table, wake),
    snapshot: async (toPath) => open().snapshot(toPath),
    exportRows: () => open().exportRows(),
    importRows: async (table, rows) => open().importRows(table, rows),
    check: async () => open().check(),
    state: () => opening.state,
    onState: (listen) => opening.listen(listen),
    close: (quietMs = 0) => {
      closed ??= end(quietMs);
      return closed;
    },
  };
}
