import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayFigures } from '../../dist/sensor/gateway/health.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { farSide, gatewayFlow, gatewayIds, gatewayReading } from './gateway-flow.ts';
import { Line } from './line.ts';
import { NodeRed } from './node-red.ts';
import { PowerCut } from './power-cut.ts';
import { sensorFlow } from './sensor-flow.ts';
import { until } from './until.ts';

export interface GatewayTrial {
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Rows stored after one that was taken in later. */
  readonly disordered: number;
  /** Messages that the gateway refused, and got again. */
  readonly refused: number;
}

export interface GatewayBenchOptions {
  /** Folder of the outbox; default: in the user directory. */
  readonly folder?: string;
  /** Watches what is written, so that the power can be cut. */
  readonly power?: boolean;
  readonly gateway?: Readonly<Record<string, unknown>>;
}

interface Rows {
  readonly values: readonly number[];
  /** Highest id. */
  readonly last: number;
}

interface Sent {
  readonly no: number;
  readonly reading: readonly object[];
}

/** Source of what is sent after each trial. */
const markers = 'bench/marker';

/** Two Node-REDs, a broker between them and a line to it: a gateway here, a sensor in there. */
export class GatewayBench {
  readonly broker: Mosquitto;
  readonly line: Line;
  readonly far: NodeRed;
  readonly folder: string;
  readonly power: PowerCut | undefined;
  readonly near: NodeRed;
  /** By cuts of the power: lost or torn. */
  writesLost = 0;
  readonly #started: AsyncDisposableStack;
  readonly #outstanding = new Map<number, Sent>();
  #taken: { readonly sent: Sent; readonly position: number }[] = [];
  #alive = true;
  #no = 0;
  #n = 0;
  #seenTaken = 0;
  #seenErrors = 0;
  readonly #refused: unknown[] = [];
  #lastRow = 0;
  #trials = 0;

  private constructor(parts: {
    broker: Mosquitto;
    line: Line;
    far: NodeRed;
    near: NodeRed;
    started: AsyncDisposableStack;
    folder: string;
    power: PowerCut | undefined;
  }) {
    this.broker = parts.broker;
    this.line = parts.line;
    this.far = parts.far;
    this.near = parts.near;
    this.folder = parts.folder;
    this.power = parts.power;
    this.#started = parts.started;
  }

  static async start({
    folder: given,
    power: watch = false,
    gateway = {},
  }: GatewayBenchOptions = {}): Promise<GatewayBench> {
    await using started = new AsyncDisposableStack();
    const broker = started.use(await Mosquitto.start());
    const line = await Line.to(broker.port);
    started.defer(() => line.stop());
    const farFlow = sensorFlow({ broker: { port: String(broker.port) }, sensor: farSide });
    const far = started.use(await NodeRed.start({ flow: farFlow.filter(({ type }) => type !== 'test-probe') }));
    const userDir = mkdtempSync(join(tmpdir(), 'percept-gw-'));
    started.defer(() => rmSync(userDir, { recursive: true, force: true }));
    const folder = given ?? join(userDir, 'box');
    mkdirSync(folder, { recursive: true });
    const power = watch ? new PowerCut(folder) : undefined;
    started.defer(() => power?.remove());
    const near = started.use(
      await NodeRed.start({
        flow: gatewayFlow(line.port, { gateway: { path: join(folder, 'outbox.sqlite'), patience: '2', ...gateway } }),
        userDir,
        ...(power ? { env: power.env } : {}),
      }),
    );
    await until(() => near.status(gatewayIds.gateway)?.text === 'all sent', { what: 'the gateway to connect' });
    return new GatewayBench({ broker, line, far, near, folder, power, started: started.move() });
  }

  /**
   * Brings readings to the gateway as a careful source does: again, in order, until it was done with them. `fault` happens meanwhile.
   * @param span simulated time between the first reading and the last, ms
   * @param window messages that the source leaves open at once
   * @param most readings per message
   */
  async trial(
    count: number,
    { perSecond, span, window = 50, most = 20 }: { perSecond: number; span: number; window?: number; most?: number },
    fault: () => Promise<void>,
  ): Promise<GatewayTrial> {
    const from = this.#n;
    const refusedBefore = this.#refused.length;
    this.#taken = [];
    this.#trials++;
    const step = span / count;
    const began = Date.now() - span - from * step;
    const start = performance.now();
    const source = async (): Promise<void> => {
      while (this.#n - from < count || this.#outstanding.size > 0) {
        const due = ((performance.now() - start) / 1000) * perSecond;
        while (this.#alive && this.#outstanding.size < window && this.#n - from < Math.min(count, due))
          this.#send(Math.min(1 + Math.floor(Math.random() * most), count - (this.#n - from)), began, step);
        await sleep(2);
        this.#listen();
      }
    };
    await Promise.all([source(), fault()]);
    const rows = await this.#settled(from);
    const distinct = new Set(rows);
    return {
      sent: count,
      lost: count - distinct.size,
      duplicated: rows.length - distinct.size,
      disordered: rows.filter((value, i) => i > 0 && value < (rows[i - 1] as number)).length,
      refused: this.#refused.length - refusedBefore,
    };
  }

  /** Readings that the gateway was done with. */
  get taken(): number {
    return this.#n - [...this.#outstanding.values()].reduce((sum, { reading }) => sum + reading.length, 0);
  }

  /** What the gateway told last of itself. */
  get figures(): Partial<GatewayFigures> {
    return (this.near.messages('events').at(-1)?.payload ?? {}) as Partial<GatewayFigures>;
  }

  /** Why the gateway refused messages. */
  get refused(): readonly unknown[] {
    return this.#refused;
  }

  /** Rows of this trial at the far side. */
  get stored(): number {
    return this.#rows().values.length;
  }

  /** kill -9, and what may happen before it starts again. */
  async killGateway(meanwhile: () => void = () => undefined): Promise<void> {
    this.#alive = false;
    await this.near.kill();
    this.#listen();
    meanwhile();
    await this.near.again();
    for (const sent of this.#outstanding.values()) this.#inject(sent);
    this.#alive = true;
  }

  async cutPower(): Promise<void> {
    const { power } = this;
    if (!power) throw new Error('The bench does not watch what is written.');
    await this.killGateway(() => {
      const { lost, position } = power.cut();
      power.begin();
      this.writesLost += lost;
      this.#takeBack(position);
    });
  }

  async stop(): Promise<void> {
    await this.#started.disposeAsync();
  }

  #send(count: number, began: number, step: number): void {
    const reading = Array.from({ length: count }, (_, i) => ({
      ...gatewayReading(this.#n + i, 0),
      // its own in each trial: two may fall on the same times
      quantity: `temperature-${this.#trials}`,
      time: Math.round(began + (this.#n + i) * step),
    }));
    const sent = { no: this.#no++, reading };
    this.#n += count;
    this.#outstanding.set(sent.no, sent);
    this.#inject(sent);
  }

  #inject({ no, reading }: Sent): void {
    this.near.inject(gatewayIds.gateway, { no, reading });
  }

  /** What the gateway may have been done with after the moment of the cut only: its source has not heard of that. */
  #takeBack(position: number): void {
    const late = this.#taken.filter((one) => one.position > position).map(({ sent }) => sent);
    const all = [...late, ...this.#outstanding.values()].sort((a, b) => a.no - b.no);
    this.#outstanding.clear();
    for (const sent of all) this.#outstanding.set(sent.no, sent);
    this.#taken = [];
  }

  /** To what the gateway was done with, and what it refused. */
  #listen(): void {
    const taken = this.near.messages('taken');
    const position = this.power?.position ?? 0;
    for (; this.#seenTaken < taken.length; this.#seenTaken++) {
      const sent = this.#outstanding.get(Number(taken[this.#seenTaken]?.['no']));
      if (sent) this.#taken.push({ sent, position });
      if (sent) this.#outstanding.delete(sent.no);
    }
    const errors = this.near.messages('errors');
    while (this.#seenErrors < errors.length) {
      const { no, error } = errors[this.#seenErrors++] ?? {};
      const sent = this.#outstanding.get(Number(no));
      // others are of the link
      if (!sent) continue;
      this.#refused.push(error);
      if (this.#alive) this.#inject(sent);
    }
  }

  /** Values at the far side, in the order of storing: when all are there, or nothing has come for long. */
  async #settled(from: number): Promise<readonly number[]> {
    let rows: Rows = { values: [], last: this.#lastRow };
    let since = Date.now();
    await until(
      () => {
        const now = this.#rows();
        if (now.values.length !== rows.values.length) since = Date.now();
        rows = now;
        return new Set(rows.values).size >= this.#n - from || Date.now() - since > 25_000;
      },
      { ms: 300_000, what: 'the rows to arrive' },
    );
    await this.#passed();
    rows = this.#rows();
    this.#lastRow = rows.last;
    return rows.values;
  }

  /** When one that was taken in last is stored, whatever came before it has come, also twice. */
  async #passed(): Promise<void> {
    const marker = { source: markers, quantity: `after-${this.#trials}`, value: 0, unit: '', time: Date.now() };
    this.near.inject(gatewayIds.gateway, { reading: marker });
    await until(() => this.#query(`and quantity = '${marker.quantity}'`).length > 0, { what: 'the last reading' });
  }

  #rows(): Rows {
    const all = this.#query(`and source <> '${markers}'`);
    return { values: all.map((row) => Number(row['value'])), last: Number(all.at(-1)?.['id'] ?? this.#lastRow) };
  }

  #query(where: string): Record<string, unknown>[] {
    const db = new DatabaseSync(join(this.far.userDir, 'test.sqlite'), { readOnly: true });
    try {
      return db
        .prepare(
          `select reading.id, value from reading join series on series.id = series_id
           where reading.id > ? ${where} order by reading.id`,
        )
        .all(this.#lastRow);
    } finally {
      db.close();
    }
  }
}

/** Fills a disk to the last byte. */
export function fill(path: string): void {
  for (let size = 1024 * 1024; size >= 512; ) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      size /= 2;
    }
  }
}
