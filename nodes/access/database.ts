import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Steps from one version of the file to the next. */
const steps = [
  `
  create table user (
    name text primary key collate nocase,
    role text not null,
    password text not null,
    must_change integer not null,
    created_at integer not null
  ) strict;
  create table session (
    digest blob primary key,
    user text not null,
    role text not null,
    local integer not null,
    must_change integer not null,
    created_at integer not null,
    seen_at integer not null
  ) strict, without rowid;
  create index session_user on session (user);
  create table token (
    digest blob primary key,
    name text not null unique,
    role text not null,
    created_at integer not null
  ) strict, without rowid;
`,
  // without the names that were removed, devices and links of whoever had them would outlive them
  `create table departure (
    name text primary key,
    left_at integer not null,
    back_at integer
  ) strict, without rowid;`,
];

/**
 * Who may come in. A file of its own, since it must open before any flow does and must not travel with a backup of the data.
 * Rows are few and looked up by key, so that it is read where it is needed.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  if (file !== ':memory:') chmodSync(file, 0o600);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000');
  database.exec('begin immediate');
  const found = Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
  for (const step of steps.slice(found)) database.exec(step);
  if (found < steps.length) database.exec(`pragma user_version = ${steps.length}`);
  database.exec('commit');
  return database;
}
