import type { Kysely, Transaction } from 'kysely';
import type { Presence, Silence } from '../../kit/index.js';
import type { Database } from '../../store/schema.js';
import type { OpenSilence } from '../machine/draft.js';
import { patternOf } from '../policy/pattern.js';

type Db = Kysely<Database> | Transaction<Database>;

/** What was said about silences, and who is at home: the same for all alerts of a policy. */
export class WorldRows {
  readonly #policy: string;

  constructor(policy: string) {
    this.#policy = policy;
  }

  async silences(db: Db, now: number): Promise<OpenSilence[]> {
    const rows = await db
      .selectFrom('alert_silence')
      .selectAll()
      .where('policy', '=', this.#policy)
      .where('ended_at', 'is', null)
      .where('until_at', '>', now)
      .orderBy('until_at', 'desc')
      .execute();
    return rows.map((row) => {
      const [key, kind, source, zone] = [row.key, row.kind, row.source, row.zone].map(patternOf);
      return {
        id: row.id,
        until: row.until_at,
        author: row.author,
        covers: (of, matter) =>
          Boolean(key?.(of) && kind?.(matter.kind) && source?.(matter.source) && zone?.(matter.zone)),
      };
    });
  }

  /** Undefined: nobody has ever told. */
  async somebodyHome(db: Db): Promise<boolean | undefined> {
    const row = await db
      .selectFrom('alert_presence')
      .select((eb) => eb.fn.max('home').as('home'))
      .where('policy', '=', this.#policy)
      .executeTakeFirst();
    return row?.home === null || row?.home === undefined ? undefined : row.home === 1;
  }

  /** @returns its id */
  async silence(db: Db, { key, kind, source, zone, by, reason }: Silence, until: number, now: number): Promise<number> {
    const { id } = await db
      .insertInto('alert_silence')
      .values({ policy: this.#policy, key, kind, source, zone, author: by, reason, from_at: now, until_at: until })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  async endSilence(db: Db, id: number, by: string, now: number): Promise<void> {
    await db
      .updateTable('alert_silence')
      .set({ ended_at: now, ended_by: by })
      .where('policy', '=', this.#policy)
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .execute();
  }

  async presence(db: Db, { person, home }: Presence, now: number): Promise<void> {
    await db
      .insertInto('alert_presence')
      .values({ policy: this.#policy, person, home: home ? 1 : 0, at: now })
      .onConflict((conflict) =>
        conflict
          .columns(['policy', 'person'])
          .doUpdateSet((eb) => ({ home: eb.ref('excluded.home'), at: eb.ref('excluded.at') })),
      )
      .execute();
  }
}
