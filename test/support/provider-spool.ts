import { type Channel, type Parcel, SendProblem, type Sent } from '../../dist/alert/channels/channel.js';
import { channelError } from '../../dist/alert/channels/errors.js';
import type { Outcome } from '../../dist/alert/spool/told.js';
import { Spool } from '../../dist/alert/spool/spool.js';
import type { AlertNotice } from '../../dist/kit/index.js';
import type { Store } from '../../dist/store/store.js';
import { until } from './until.ts';

type Act = (parcel: Parcel) => Promise<Sent> | Sent;

/** A channel that does what the test says, and remembers. */
export class TrialChannel implements Channel {
  readonly sent: Parcel[] = [];
  readonly id: string;
  readonly name: string;
  readonly kind = 'trial';
  readonly perMinute: number;
  act: Act;

  constructor(id: string, act: Act = () => ({ reference: id }), perMinute = 1_000) {
    this.id = id;
    this.name = `the ${id}`;
    this.act = act;
    this.perMinute = perMinute;
  }

  async send(parcel: Parcel): Promise<Sent> {
    this.sent.push(parcel);
    return await this.act(parcel);
  }
}

export function fails(failure: 'refused' | 'later' | 'unanswered'): Act {
  return () => {
    throw new SendProblem(failure, channelError('notify-busy', { channel: 'x', status: 500, problem: failure }));
  };
}

/** A spool on a real store, and what it told. */
export class SpoolTrial {
  readonly outcomes: Outcome[] = [];
  readonly spool: Spool;
  readonly #abort = new AbortController();

  constructor(store: Store, channels: readonly Channel[], { name = 'spool', failover = 200 } = {}) {
    this.spool = new Spool({
      ...{ store, name, channels, signal: this.#abort.signal, pollMs: 50 },
      patience: { failover, giveUp: 1_000, firstPause: 20, longestPause: 100 },
      tell: (outcome) => this.outcomes.push(outcome),
      onTrouble: () => undefined,
      onProblem: () => undefined,
    });
    this.spool.start();
  }

  async take(notice: AlertNotice): Promise<Outcome | undefined> {
    const known = await this.spool.take(notice);
    this.spool.wake();
    return known;
  }

  async told(count: number): Promise<readonly Outcome[]> {
    await until(() => this.outcomes.length >= count, { what: `${count} outcomes` });
    return this.outcomes;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.spool.close();
  }
}
