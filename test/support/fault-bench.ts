import { join } from 'node:path';
import { Mosquitto } from '../servers/mosquitto.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { NodeRed } from './node-red.ts';
import { peerFlow, peerPackages } from './peer-flow.ts';
import { firstHost, queryAny, queryFile } from './query.ts';
import { sensorFlow } from './sensor-flow.ts';
import { Stream } from './stream.ts';
import { until } from './until.ts';

export interface TrialResult {
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  /** The same of Node-RED's own way, in the same process, on the same messages. */
  readonly peerLost: number;
  readonly peerDuplicated: number;
}

export interface FaultOptions {
  readonly database: 'sqlite' | 'postgres';
  readonly standby?: boolean;
  readonly peer?: boolean;
}

interface Tally {
  readonly rows: number;
  readonly distinct: number;
  /** Number of the newest message. */
  readonly newest: number;
}

/** Broker, database and a Node-RED that takes in one stream twice: with sensor in, and as Node-RED does it by itself. */
export class FaultBench {
  readonly broker: Mosquitto;
  readonly nodeRed: NodeRed;
  readonly postgres: PostgresServer | undefined;
  readonly #stream: Stream;
  readonly #url: string;
  readonly #peer: boolean;
  #started = new AsyncDisposableStack();
  #before: TrialResult = { sent: 0, lost: 0, duplicated: 0, peerLost: 0, peerDuplicated: 0 };

  private constructor(parts: {
    broker: Mosquitto;
    nodeRed: NodeRed;
    postgres: PostgresServer | undefined;
    stream: Stream;
    url: string;
    peer: boolean;
  }) {
    this.broker = parts.broker;
    this.nodeRed = parts.nodeRed;
    this.postgres = parts.postgres;
    this.#stream = parts.stream;
    this.#url = parts.url;
    this.#peer = parts.peer;
  }

  static async start({ database, standby = false, peer = true }: FaultOptions): Promise<FaultBench> {
    // what was started ends again if something after it does not start
    await using started = new AsyncDisposableStack();
    const broker = started.use(await Mosquitto.start());
    const postgres = database === 'postgres' ? await startPostgres({ standby, synchronous: standby }) : undefined;
    started.defer(async () => postgres?.stop());
    const url = postgres ? await postgres.database() : 'test.sqlite';
    const flow = sensorFlow({
      store: { url },
      broker: { port: String(broker.port) },
      sensor: { topic: 'bench/+machine/+quantity', value: 'value', source: '{machine}', quantity: '{quantity}' },
    });
    const nodeRed = started.use(
      await NodeRed.start({
        flow: [
          ...flow.filter(({ type }) => type !== 'test-probe'),
          ...(peer ? peerFlow(broker.port, postgres ? firstHost(url) : 'peer.sqlite') : []),
        ],
        ...(peer ? { packages: peerPackages } : {}),
        // the usual 15 s would count what is merely late as lost
        settings: 'mqttReconnectTime: 500,',
      }),
    );
    const stream = started.use(await Stream.open(broker.port));
    const bench = new FaultBench({ broker, nodeRed, postgres, stream, url, peer });
    await bench.#warm();
    bench.#started = started.move();
    return bench;
  }

  /** Sends `count` messages, lets `fault` happen meanwhile, waits until everything has settled and counts. */
  async trial(count: number, perSecond: number, fault: () => Promise<void>): Promise<TrialResult> {
    const [sending, happening] = [this.#stream.send(count, perSecond), fault()];
    await Promise.all([sending, happening]);
    await this.#quiet();
    const total = await this.#total();
    const before = this.#before;
    this.#before = total;
    return {
      sent: total.sent - before.sent,
      lost: total.lost - before.lost,
      duplicated: total.duplicated - before.duplicated,
      peerLost: total.peerLost - before.peerLost,
      peerDuplicated: total.peerDuplicated - before.peerDuplicated,
    };
  }

  /** Resolves when so many messages of the trial have been sent. */
  async sent(count: number): Promise<void> {
    await until(() => this.#stream.sent - this.#before.sent >= count, { ms: 60_000, what: `message ${count}` });
  }

  async stop(): Promise<void> {
    await this.#started.disposeAsync();
  }

  /**
   * Both take in, nothing is on its way that would make up for a loss, and the broker has saved their sessions: one that it lost is
   * not what is measured.
   */
  async #warm(): Promise<void> {
    const both = async (): Promise<boolean> => {
      // what is sent before they have subscribed goes nowhere
      await this.#stream.send(20, 200);
      const last = this.#stream.sent - 1;
      const arrived = async (): Promise<boolean> =>
        (await this.#ours()).newest === last && (!this.#peer || (await this.#theirs()).newest === last);
      return await until(arrived, { ms: 2000 });
    };
    await until(both, { ms: 30_000, what: 'the first rows' });
    await this.broker.saved();
    this.#before = await this.#total();
  }

  async #total(): Promise<TrialResult> {
    const sent = this.#stream.sent;
    const ours = await this.#ours();
    const theirs = this.#peer ? await this.#theirs() : { rows: sent, distinct: sent, newest: sent - 1 };
    return {
      sent,
      lost: sent - ours.distinct,
      duplicated: ours.rows - ours.distinct,
      peerLost: sent - theirs.distinct,
      peerDuplicated: theirs.rows - theirs.distinct,
    };
  }

  /** Until nothing is missing, or nothing has come for a while. */
  async #quiet(): Promise<void> {
    let last = '';
    let since = Date.now();
    await until(
      async () => {
        const total = await this.#total();
        const now = JSON.stringify(total);
        if (now !== last) since = Date.now();
        last = now;
        const complete = total.lost === this.#before.lost && total.peerLost === this.#before.peerLost;
        return complete || Date.now() - since > (total.lost > this.#before.lost ? 8000 : 2000);
      },
      { ms: 60_000, what: 'the rows to settle' },
    );
  }

  #ours(): Promise<Tally> {
    return this.#tally(
      'select count(*) as total, count(distinct value) as different, max(value) as newest from reading',
      'test.sqlite',
    );
  }

  #theirs(): Promise<Tally> {
    return this.#tally(
      'select count(*) as total, count(distinct n) as different, max(n) as newest from peer',
      'peer.sqlite',
    );
  }

  async #tally(sql: string, file: string): Promise<Tally> {
    const row = this.postgres ? await queryAny(this.#url, sql) : queryFile(join(this.nodeRed.userDir, file), sql);
    return {
      rows: Number(row?.['total']),
      distinct: Number(row?.['different']),
      newest: Number(row?.['newest'] ?? -1),
    };
  }
}
