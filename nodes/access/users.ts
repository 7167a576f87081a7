import type { DatabaseSync } from 'node:sqlite';
import { knownSince, noteDeparture, noteReturn } from './departures.js';
import { accessError } from './errors.js';
import { checkPassword, hashPassword, oneTimePassword, weakness } from './passwords.js';
import { isRole, type Role } from './roles.js';

export interface User {
  readonly name: string;
  readonly role: Role;
  /** The password was made for them: the first thing they do is to choose their own. */
  readonly mustChange: boolean;
}

const goodName = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,79}$/u;

/** People with a password here. Those of an identity provider have none and are not in it. */
export class Users {
  readonly #database: DatabaseSync;

  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  list(): User[] {
    return this.#database.prepare('select name, role, must_change from user order by name').all().map(userOf);
  }

  find(name: string): User | undefined {
    const row = this.#database.prepare('select name, role, must_change from user where name = ?').get(name);
    return row && userOf(row);
  }

  /**
   * @param password chosen by themselves; absent: one is made, which they must change
   * @returns the password that was made, to be told once
   * @throws PerceptError `access-user-taken`, `access-user-name`, `access-password-weak`
   */
  async add(name: string, role: Role, password?: string): Promise<string | undefined> {
    if (!goodName.test(name)) throw accessError('access-user-name', { name });
    if (this.find(name)) throw accessError('access-user-taken', { name });
    if (password !== undefined) checkStrength(password, name);
    const made = password === undefined ? oneTimePassword() : undefined;
    const hash = await hashPassword(password ?? made ?? '');
    this.#database
      .prepare('insert into user (name, role, password, must_change, created_at) values (?, ?, ?, ?, ?)')
      .run(name, role, hash, made === undefined ? 0 : 1, this.#now());
    noteReturn(this.#database, name, this.#now());
    return made;
  }

  /** @returns who it is, when the password is right */
  async check(name: string, password: string): Promise<User | undefined> {
    const row = this.#database.prepare('select password from user where name = ?').get(name);
    const right = await checkPassword(password, row?.['password'] as string | undefined);
    return right ? this.find(name) : undefined;
  }

  /** @throws PerceptError `access-user-unknown`, `access-password-weak` */
  async setPassword(name: string, password: string): Promise<void> {
    this.#known(name);
    checkStrength(password, name);
    const hash = await hashPassword(password);
    this.#database.prepare('update user set password = ?, must_change = 0 where name = ?').run(hash, name);
  }

  /** @returns a password to be told once. @throws PerceptError `access-user-unknown` */
  async resetPassword(name: string): Promise<string> {
    this.#known(name);
    const made = oneTimePassword();
    const hash = await hashPassword(made);
    this.#database.prepare('update user set password = ?, must_change = 1 where name = ?').run(hash, name);
    return made;
  }

  /** @throws PerceptError `access-user-unknown`, `access-last-owner` */
  setRole(name: string, role: Role): void {
    const user = this.#known(name);
    if (user.role === 'owner' && role !== 'owner') this.#notTheLast(name);
    this.#database.prepare('update user set role = ? where name = ?').run(role, name);
  }

  /**
   * With all their sessions; from now on, devices and links that were theirs are nobody's.
   * @throws PerceptError `access-user-unknown`, `access-last-owner`
   */
  remove(name: string): void {
    const user = this.#known(name);
    if (user.role === 'owner') this.#notTheLast(name);
    const database = this.#database;
    database.exec('begin immediate');
    try {
      database.prepare('delete from user where name = ?').run(name);
      database.prepare('delete from session where user = ? collate nocase and local = 1').run(name);
      noteDeparture(database, user.name, this.#now());
      database.exec('commit');
    } catch (thrown) {
      database.exec('rollback');
      throw thrown;
    }
  }

  /** See `departures`: ms UTC, 0 or Infinity. */
  knownSince(name: string): number {
    return knownSince(this.#database, name);
  }

  #known(name: string): User {
    const user = this.find(name);
    if (!user) throw accessError('access-user-unknown', { name });
    return user;
  }

  #notTheLast(name: string): void {
    const owners = this.list().filter(({ role }) => role === 'owner');
    if (owners.length === 1) throw accessError('access-last-owner', { name });
  }
}

function checkStrength(password: string, name: string): void {
  const why = weakness(password, name);
  if (why) throw accessError('access-password-weak', { why });
}

function userOf(row: Record<string, unknown>): User {
  const role = row['role'];
  return { name: String(row['name']), role: isRole(role) ? role : 'viewer', mustChange: row['must_change'] === 1 };
}
