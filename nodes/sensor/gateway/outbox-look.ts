import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PerceptError } from '../../kit/index.js';
import { gatewayError } from './errors.js';
import { copyOutbox } from './outbox-copy.js';
import { applicationId, version } from './outbox-file.js';

export interface OutboxState {
  readonly waiting: number;
  /** When the first that waits was measured, ms UTC. */
  readonly oldest: number | undefined;
  /** Acknowledged by the broker since the file was begun. */
  readonly sent: number;
  /** Refused by the broker for good, and kept. */
  readonly letters: number;
  /** Let go because the outbox was full; and when the last of them was measured, ms UTC. */
  readonly went: number;
  readonly lastWent: number | undefined;
}

/** Works on a copy of an outbox as it is now, which is a single file and is gone afterwards. */
export async function withCopy<T>(path: string, work: (copy: string) => T | Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'percept-outbox-'));
  try {
    const copy = join(folder, 'outbox.sqlite');
    await copyOutbox(path, copy);
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Checks a copy from end to end and tells what is in it.
 * @param outbox what it is a copy of, for messages
 * @throws PerceptError `gateway-not-outbox`, `gateway-newer`, `gateway-broken`
 */
export function lookInto(copy: string, outbox: string): OutboxState {
  const db = new DatabaseSync(copy);
  try {
    return stateOf(db, outbox);
  } catch (thrown) {
    if (thrown instanceof PerceptError) throw thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw gatewayError('gateway-broken', { outbox, detail }, { cause: thrown });
  } finally {
    db.close();
  }
}

function stateOf(db: DatabaseSync, outbox: string): OutboxState {
  const one = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0] ?? undefined;
  const number = (sql: string): number => Number(one(sql) ?? 0);
  const time = (sql: string): number | undefined => (one(sql) === undefined ? undefined : number(sql));
  if (number('pragma application_id') !== applicationId) {
    // made, and not written to before the power went
    if (number('select count(*) from sqlite_master') === 0) return empty;
    throw gatewayError('gateway-not-outbox', { outbox });
  }
  const theirs = number('pragma user_version');
  if (theirs > version) throw gatewayError('gateway-newer', { outbox, version: theirs });
  // a heading may come before what is wrong
  const detail = String(one('pragma integrity_check(1)')).split('\n').at(-1) ?? '';
  if (detail !== 'ok') throw gatewayError('gateway-broken', { outbox, detail });
  return {
    waiting: number('select count(*) from outbox'),
    oldest: time('select time from outbox order by id limit 1'),
    sent: number("select value from tally where name = 'sent'"),
    letters: number('select count(*) from dead_letter'),
    went: number("select value from tally where name = 'went'"),
    lastWent: time('select max(last) from went'),
  };
}

const empty: OutboxState = { waiting: 0, oldest: undefined, sent: 0, letters: 0, went: 0, lastWent: undefined };
