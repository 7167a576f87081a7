import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { toPerceptError } from '../kit/index.js';
import { type AuditEntry, appendAudit } from '../store/audit.js';
import { openStore, type StoreHandle } from '../store/open.js';

/** Writes what a command does into the audit log. A log that cannot be written is said, and holds nothing up. */
export async function tellAudit(store: Pick<StoreHandle, 'db'>, entry: Omit<AuditEntry, 'who'>): Promise<void> {
  await appendAudit(store.db, { ...entry, who: userHere() }).catch((thrown: unknown) =>
    console.error(toPerceptError(thrown).localized()),
  );
}

/** For commands that need no store: acts only where there is one, and says what went wrong without ending. */
export async function atStore(file: string, act: (store: StoreHandle) => Promise<unknown>): Promise<void> {
  if (!existsSync(file)) return;
  try {
    const store = await openStore({ url: file });
    try {
      await act(store);
    } finally {
      await store.close();
    }
  } catch (thrown) {
    console.error(toPerceptError(thrown).localized());
  }
}

/** Who runs a command, as this machine knows them. */
function userHere(): string {
  try {
    return `${userInfo().username} (percept)`;
  } catch {
    // in a container nobody may have a name
    return 'percept';
  }
}
