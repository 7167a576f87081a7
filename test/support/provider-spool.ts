import {
  type Channel,
  type Parcel,
  type ProviderReceipt,
  SendProblem,
  type Sent,
} from '../../dist/alert/channels/channel.js';
import { channelError } from '../../dist/alert/channels/errors.js';
import { Spool } from '../../dist/alert/spool/spool.js';
import type { Outcome } from '../../dist/alert/spool/told.js';
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

type Tells = (reference: string) => Promise<ProviderReceipt> | ProviderReceipt;

/** A provider that knows later what became of what it took, and says what the test has it say. */
export class AskedChannel extends TrialChannel {
  readonly asked: string[] = [];
  tells: Tells;

  constructor(id: string, tells: Tells = () => ({ state: 'pending' }), perMinute = 1_000) {
    super(id, ({ notice }) => ({ reference: notice.notice }), perMinute);
    this.tells = tells;
  }

  async receipt(reference: string): Promise<ProviderReceipt> {
    this.asked.push(reference);
    return await this.tells(reference);
  }
}

export const isReached = (): ProviderReceipt => ({ state: 'reached' });
export const isMissed = (): ProviderReceipt => ({
  state: 'missed',
  problem: channelError('notify-missed', { channel: 'x', problem: 'no-answer' }),
});

export function fails(failure: 'refused' | 'later' | 'unanswered'): () => never {
  return () => {
    throw new SendProblem(failure, channelError('notify-busy', { channel: 'x', status: 500, problem: failure }));
  };
}

/** A spool on a real store, and what it told. */
export class SpoolTrial {
  readonly outcomes: Outcome[] = [];
  readonly spool: Spool;
  readonly #abort = new AbortController();

  constructor(store: Store, channels: readonly Channel[], { name = 'spool', failover = 200, askFor = 60_000 } = {}) {
    this.spool = new Spool({
      ...{ store, name, channels, signal: this.#abort.signal, pollMs: 50 },
      patience: { failover, giveUp: 1_000, firstPause: 20, longestPause: 100 },
      asking: { first: 30, longest: 100, giveUp: askFor },
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
