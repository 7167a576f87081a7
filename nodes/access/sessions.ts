import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { noteReturn } from './departures.js';
import { isRole, type Role } from './roles.js';

export interface Identity {
  readonly user: string;
  readonly role: Role;
}

export interface Session extends Identity {
  /** Names it without opening it. */
  readonly id: string;
  /** Signed in with a password of ours, not through an identity provider. */
  readonly local: boolean;
  /** Came in with a password that was made for them: nothing is open but the page to choose another. */
  readonly mustChange: boolean;
}

const hour = 3_600_000;
/** Unused for so long, or so old, it is over (OWASP ASVS 5.0, 7.3: both limits, chosen for a control room's shift). */
export const idleMs = 12 * hour;
export const longestMs = 7 * 24 * hour;
/** How often its use is written down. */
const noteMs = 60_000;

/** What browsers and programs show to be let in. Only digests are kept: who reads the file cannot enter with it. */
export class Sessions {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** @returns the secret for the cookie */
  begin({ user, role }: Identity, { local, mustChange = false }: { local: boolean; mustChange?: boolean }): string {
    const secret = randomBytes(32).toString('base64url');
    const now = this.#now();
    this.#database
      .prepare(
        'insert into session (digest, user, role, local, must_change, created_at, seen_at) values (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(digest(secret), user, role, local ? 1 : 0, mustChange ? 1 : 0, now, now);
    this.#database
      .prepare('delete from session where created_at < ? or seen_at < ?')
      .run(now - longestMs, now - idleMs);
    // somebody of the identity provider has the name now
    if (!local) noteReturn(this.#database, user, now);
    return secret;
  }

  find(secret: string): Session | undefined {
    if (secret.length !== 43) return undefined;
    const key = digest(secret);
    const row = this.#database
      .prepare(
        // the role of somebody with a password here is what it is now, not what it was when they came
        `select session.user, coalesce(user.role, session.role) as role, local, session.must_change, session.created_at, seen_at, user.name as known
         from session left join user on local = 1 and user.name = session.user where digest = ?`,
      )
      .get(key);
    if (!row || !isRole(row['role'])) return undefined;
    const local = row['local'] === 1;
    if (local && row['known'] === null) return undefined;
    const now = this.#now();
    const seen = Number(row['seen_at']);
    if (now - seen > idleMs || now - Number(row['created_at']) > longestMs) return undefined;
    if (now - seen > noteMs) this.#database.prepare('update session set seen_at = ? where digest = ?').run(now, key);
    return {
      id: key.toString('hex'),
      user: String(row['user']),
      role: row['role'],
      local,
      mustChange: row['must_change'] === 1,
    };
  }

  end(secret: string): void {
    this.#database.prepare('delete from session where digest = ?').run(digest(secret));
  }

  /** All of a user's, or all but the one that they are using. */
  endAll(user: string, butSecret?: string): void {
    this.#database
      .prepare('delete from session where user = ? collate nocase and local = 1 and digest <> ?')
      .run(user, butSecret === undefined ? Buffer.alloc(0) : digest(butSecret));
  }

  /** Of whoever has this name, here or at the identity provider. */
  endEverywhere(user: string): number {
    return Number(this.#database.prepare('delete from session where user = ? collate nocase').run(user).changes);
  }

  /** For a program. @returns the token, to be told once; one of the same name is replaced */
  makeToken(name: string, role: Role): string {
    const secret = `percept_${randomBytes(32).toString('base64url')}`;
    this.#database.prepare('delete from token where name = ?').run(name);
    this.#database
      .prepare('insert into token (digest, name, role, created_at) values (?, ?, ?, ?)')
      .run(digest(secret), name, role, this.#now());
    return secret;
  }

  findToken(secret: string): Identity | undefined {
    const row = this.#database.prepare('select name, role from token where digest = ?').get(digest(secret));
    return row && isRole(row['role']) ? { user: String(row['name']), role: row['role'] } : undefined;
  }

  removeToken(name: string): boolean {
    return this.#database.prepare('delete from token where name = ?').run(name).changes > 0;
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
