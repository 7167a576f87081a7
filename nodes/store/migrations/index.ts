import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { alerts } from './alerts.js';
import { alertsBySource } from './alerts-by-source.js';
import { auditLog } from './audit-log.js';
import { feedSlots } from './feed-slots.js';
import { findingExpected } from './finding-expected.js';
import { firstTables } from './first-tables.js';
import { noticeReceipt } from './notice-receipt.js';
import { noticeSpool } from './notice-spool.js';
import { pushSubscriptions } from './push-subscriptions.js';
import { sourceClockOffset } from './source-clock-offset.js';

export type Kind = 'sqlite' | 'postgres';

/**
 * Forward only, in the order of their names: number, version that brought it, what it does. The version is what a program
 * that does not know a migration can tell about it.
 */
export function migrations(kind: Kind): Record<string, Migration> {
  const of = (up: (db: Kysely<unknown>, kind: Kind) => Promise<void>): Migration => ({ up: (db) => up(db, kind) });
  return {
    '001 0.1.0 first tables': of(firstTables),
    '002 0.1.0 feed slots': of(feedSlots),
    '003 0.1.0 what a finding was compared with': of(findingExpected),
    '004 0.1.0 alerts': of(alerts),
    "005 0.1.0 how far off a source's clock is": of(sourceClockOffset),
    '006 0.1.0 audit log': of(auditLog),
    '007 0.1.0 notices on their way': of(noticeSpool),
    '008 0.1.0 web push subscriptions': of(pushSubscriptions),
    '009 0.1.0 alerts by source': of(alertsBySource),
    '010 0.1.0 receipts of notices': of(noticeReceipt),
  };
}

/** @param name of a migration; `0.2.0` for `002 0.2.0 people` */
export function versionOf(name: string): string {
  return name.split(' ')[1] ?? name;
}
