import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { recordAudit } from '../store/audit.js';
import { isPostgres, openStore, type StoreHandle } from '../store/open.js';
import type { DoorEvent } from './door.js';

/** @returns writes what happens at the door into the audit log of this store, which is opened when there is something to write */
export function auditIn(url: string): (event: DoorEvent) => void {
  let opened: Promise<StoreHandle> | undefined;
  return (event) => {
    opened ??= openAuditStore(url);
    void opened.then(
      (store) => recordDoor(store, event),
      (thrown: unknown) => console.error(`Percept: there is no audit log: ${String(thrown)}`),
    );
  };
}

/** Waits for a store that isn't there yet. */
export async function openAuditStore(url: string): Promise<StoreHandle> {
  if (!isPostgres(url)) mkdirSync(dirname(url), { recursive: true });
  return await openStore({ url, patient: true });
}

export function recordDoor(
  store: Pick<StoreHandle, 'db'>,
  { action, user, address, way, what, detail }: DoorEvent,
): void {
  void recordAudit(store, {
    who: user || 'somebody',
    action,
    ...(what === undefined ? {} : { what }),
    detail: { address, ...(way ? { way } : {}), ...detail },
  });
}
