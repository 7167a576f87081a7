import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import type { Manner } from './fault-provider.ts';
import { type NotifyFaultResult, NotifyFaultTrial } from './notify-faults.ts';
import { type NotifyJob, places } from './notify-job.ts';

const somewhen = (most: number): Promise<void> => sleep(most * Math.random());
const upTo = (most: number): number => 1 + Math.floor(most * Math.random());
const day = 86_400_000;
/** Waits are a thousandth of what they are in a node. */
const hour = 3_600;

export interface NotifyFault {
  readonly name: string;
  /** Needs a server of its own, which may be stopped. */
  readonly postgres?: boolean;
  readonly processes?: number;
  readonly dies?: () => NotifyJob['dies'];
  readonly happen: (trial: NotifyFaultTrial, server?: PostgresServer) => Promise<void>;
}

async function behaves({ provider }: NotifyFaultTrial, manner: Manner, ms: number): Promise<void> {
  await somewhen(500);
  // of half of them the other channel works, which then takes over
  await provider.behave(manner, manner !== 'down' && Math.random() < 0.5 ? '/push' : '');
  await sleep(ms);
  await provider.behave('well');
}

async function sometimesKilled(trial: NotifyFaultTrial): Promise<void> {
  await somewhen(1_500);
  if (Math.random() < 0.5) await trial.kill();
}

/** Each at random moments. */
export const notifyFaults: readonly NotifyFault[] = [
  {
    name: 'kill',
    async happen(trial) {
      for (let i = upTo(3); i > 0; i--) {
        await somewhen(900);
        await trial.kill();
      }
    },
  },
  {
    // handed out and not kept, kept and not sent, sent and not answered, answered and not stored, stored and not told
    name: 'kill-at-a-step',
    dies: () => ({ at: places[upTo(places.length) - 1] ?? 'sent', nth: upTo(15) }),
    async happen(trial) {
      await trial.died(0, 5_000);
      await trial.kill();
    },
  },
  { name: 'down-for-an-hour', happen: (trial) => both(behaves(trial, 'down', hour), sometimesKilled(trial)) },
  { name: 'busy', happen: (trial) => both(behaves(trial, 'busy', 2_500), sometimesKilled(trial)) },
  { name: 'slow', happen: (trial) => both(behaves(trial, 'slow', 2_500), sometimesKilled(trial)) },
  { name: 'silent', happen: (trial) => both(behaves(trial, 'silent', 2_500), sometimesKilled(trial)) },
  {
    name: 'clock',
    async happen(trial) {
      for (let i = 0; i < 2; i++) {
        await somewhen(900);
        trial.jump((Math.random() < 0.5 ? -1 : 1) * day * Math.random());
      }
      await sometimesKilled(trial);
    },
  },
  {
    name: 'database-locked',
    async happen(trial) {
      await somewhen(800);
      const db = new DatabaseSync(trial.url, { timeout: 5_000 });
      try {
        db.exec('begin immediate');
        await sleep(2_000);
        db.exec('rollback');
      } finally {
        db.close();
      }
    },
  },
  {
    name: 'database-away',
    postgres: true,
    async happen(_trial, server) {
      await somewhen(800);
      if (Math.random() < 0.5) {
        server?.hang();
        await sleep(1_500);
        server?.goOn();
        return;
      }
      await server?.crash();
      await somewhen(1_500);
      await server?.restart();
    },
  },
  {
    name: 'one-of-two',
    postgres: true,
    processes: 2,
    async happen(trial) {
      await somewhen(1_200);
      const at = Math.random() < 0.5 ? 0 : 1;
      await trial.kill(at, false);
      await somewhen(600);
      await trial.begin(at);
    },
  },
];

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

/** Runs trials of one kind one after the other; those on PostgreSQL share a server. */
export class NotifyFaultSeries {
  readonly #fault: NotifyFault;
  readonly #server: PostgresServer | undefined;

  private constructor(fault: NotifyFault, server?: PostgresServer) {
    this.#fault = fault;
    this.#server = server;
  }

  static async start(fault: NotifyFault): Promise<NotifyFaultSeries> {
    return new NotifyFaultSeries(fault, fault.postgres ? await startPostgres() : undefined);
  }

  async trial(alerts: number): Promise<NotifyFaultResult> {
    const { dies, processes = 1, happen } = this.#fault;
    const died = dies?.();
    const url = await this.#server?.database();
    const trial = await NotifyFaultTrial.start({
      ...(url === undefined ? {} : { url }),
      ...(died ? { dies: died } : {}),
      processes,
    });
    try {
      return await trial.run(alerts, (one) => happen(one, this.#server));
    } finally {
      await trial.stop();
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
