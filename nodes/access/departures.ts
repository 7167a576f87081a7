import type { DatabaseSync } from 'node:sqlite';

/** Names compared as alerts compare them: what was for somebody is found by their name alone. */
function nameOf(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}

/** @param at ms UTC */
export function noteDeparture(database: DatabaseSync, name: string, at: number): void {
  database
    .prepare(
      `insert into departure (name, left_at) values (?, ?)
       on conflict (name) do update set left_at = excluded.left_at, back_at = null`,
    )
    .run(nameOf(name), at);
}

/** Somebody of this name comes in again: it may be somebody else. @param at ms UTC */
export function noteReturn(database: DatabaseSync, name: string, at: number): void {
  database.prepare('update departure set back_at = ? where name = ? and back_at is null').run(at, nameOf(name));
}

/**
 * Since when somebody of this name has been here without a break, ms UTC: what was meant for this name before was meant for somebody
 * who was removed.
 * @returns 0: nobody of this name was ever removed; Infinity: whoever had it was, and nobody has it now
 */
export function knownSince(database: DatabaseSync, name: string): number {
  const row = database.prepare('select back_at from departure where name = ?').get(nameOf(name));
  if (!row) return 0;
  return row['back_at'] === null ? Number.POSITIVE_INFINITY : Number(row['back_at']);
}
