import { number, type Run } from './outbox-file.js';
import type { Kept } from './row.js';

const names = ['lastId', 'accepted', 'repeated', 'sent', 'went', 'letters'] as const;
/** `lastId` is the id given last; the others count since the file was begun. */
export type Tally = Readonly<Record<(typeof names)[number], number>>;

export async function readTally(run: Run): Promise<Tally> {
  const { rows } = await run('select name, value from tally');
  const known = new Map(rows.map((row) => [String(row['name']), Number(row['value'])]));
  return Object.fromEntries(names.map((name) => [name, known.get(name) ?? 0])) as Tally;
}

export async function writeTally(run: Run, tally: Tally): Promise<void> {
  await run(
    `insert into tally (name, value) values ${names.map(() => '(?, ?)').join(', ')}
     on conflict do update set value = excluded.value`,
    ...names.flatMap((name) => [name, tally[name]]),
  );
}

export function countRows(run: Run): Promise<number> {
  return number(run, 'select count(*) from outbox');
}

const priorities = Array.from({ length: 10 }, (_, priority) => priority);
const ofOne = (priority: number): string =>
  `select * from (select * from outbox where priority = ${priority} and id > ?1 order by id limit ?2)`;
const inOrder = `select o.id, s.source, s.quantity, o.unit, o.time, o.sequence, o.value, o.epoch
  from (${priorities.map(ofOne).join(' union all ')}) o join series s on s.id = o.series_id order by o.id limit ?2`;

/** In the order in which they were taken in, whatever their priority. */
export async function keptAfter(run: Run, id: number, count: number): Promise<Kept[]> {
  const { rows } = await run(inOrder, id, count);
  return rows.map((row) => ({
    id: Number(row['id']),
    source: String(row['source']),
    quantity: String(row['quantity']),
    unit: String(row['unit']),
    time: Number(row['time']),
    sequence: Number(row['sequence']),
    value: Number(row['value']),
    epoch: Number(row['epoch']),
  }));
}

/** @returns how many there were */
export async function removeUpTo(run: Run, id: number): Promise<number> {
  let removed = 0;
  for (const priority of priorities)
    removed += (await run('delete from outbox where priority = ? and id <= ?', priority, id)).changes;
  return removed;
}

const lettersKept = 1_000;

/** One reading out of the queue and among the dead letters, of which the newest are kept. */
export async function makeLetter(
  run: Run,
  { id, epoch: _, ...reading }: Kept,
  reason: string,
  at: number,
): Promise<number> {
  const { insertId } = await run(
    'insert into dead_letter (reading, reason, at) values (?, ?, ?)',
    JSON.stringify(reading),
    reason,
    at,
  );
  await run('delete from dead_letter where id <= ?', insertId - lettersKept);
  for (const priority of priorities) await run('delete from outbox where priority = ? and id = ?', priority, id);
  return insertId;
}
