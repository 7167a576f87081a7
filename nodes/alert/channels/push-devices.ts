import type { Store } from '../../store/store.js';
import { everybody, type KnownSince } from '../known-since.js';

/** Where a browser's push service takes what is for it, and what that is encrypted with. */
export interface Device {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** Our public key that it was made for. */
  readonly serverKey: string;
}

export interface NewDevice extends Device {
  /** Whose; empty where nobody has to sign in: then it gets what is for anybody. */
  readonly person: string;
  /** What kind it is, for its owner. */
  readonly label: string;
}

const mostPerPerson = 20;
const longestError = 300;

/** Names are compared without regard to case, as at the door. */
export function nameOf(person: string): string {
  return person.trim().normalize('NFC').toLowerCase();
}

/** A device that comes again is confirmed; of more than 20 of one person, those not seen for longest go. */
export async function keepDevice({ db }: Store, device: NewDevice, now = Date.now()): Promise<void> {
  const person = nameOf(device.person);
  const { endpoint, p256dh, auth, serverKey: server_key, label } = device;
  const given = { person, p256dh, auth, server_key, device: label, seen_at: now };
  await db
    .insertInto('push_subscription')
    .values({ endpoint, ...given, created_at: now, succeeded_at: null, failed_at: null, error: '' })
    .onConflict((conflict) => conflict.column('endpoint').doUpdateSet(given))
    .execute();
  const surplus = await db
    .selectFrom('push_subscription')
    .select('endpoint')
    .where('person', '=', person)
    .orderBy('seen_at', 'desc')
    .limit(1_000)
    .offset(mostPerPerson)
    .execute();
  for (const one of surplus) await removeDevice({ db }, one.endpoint);
}

/** @param person empty: everybody who has one */
export async function devicesOf({ db }: Store, person: string): Promise<Device[]> {
  const rows = await db
    .selectFrom('push_subscription')
    .select(['endpoint', 'p256dh', 'auth', 'server_key'])
    .$if(person !== '', (query) => query.where('person', 'in', [nameOf(person), '']))
    .orderBy('seen_at', 'desc')
    .limit(1_000)
    .execute();
  return rows.map(({ server_key: serverKey, ...rest }) => ({ ...rest, serverKey }));
}

/** @param person only where it is theirs */
export async function removeDevice({ db }: Pick<Store, 'db'>, endpoint: string, person?: string): Promise<void> {
  await db
    .deleteFrom('push_subscription')
    .where('endpoint', '=', endpoint)
    .$if(person !== undefined, (query) => query.where('person', '=', nameOf(person ?? '')))
    .execute();
}

/** @returns how many there were */
export async function removePerson({ db }: Store, person: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('push_subscription')
    .where('person', '=', nameOf(person))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * Devices that somebody turned on before they were removed get nothing any more, whoever has the name next.
 * @returns how many there were
 */
export async function removeLeavers({ db }: Pick<Store, 'db'>, knownSince: KnownSince): Promise<number> {
  if (knownSince === everybody) return 0;
  const devices = await db.selectFrom('push_subscription').select(['endpoint', 'person', 'seen_at']).execute();
  const since = new Map<string, number>();
  for (const person of new Set(devices.map((device) => device.person)))
    since.set(person, person === '' ? 0 : await knownSince(person));
  const left = devices.filter(({ person, seen_at }) => seen_at < (since.get(person) ?? 0));
  // one that was turned on again meanwhile stays
  for (const { endpoint, seen_at } of left)
    await db.deleteFrom('push_subscription').where('endpoint', '=', endpoint).where('seen_at', '=', seen_at).execute();
  return left.length;
}

/** @param error without secrets; undefined: it was taken */
export async function noteOutcome({ db }: Store, endpoint: string, error?: string): Promise<void> {
  const now = Date.now();
  const outcome =
    error === undefined ? { succeeded_at: now, error: '' } : { failed_at: now, error: error.slice(0, longestError) };
  await db.updateTable('push_subscription').set(outcome).where('endpoint', '=', endpoint).execute();
}
