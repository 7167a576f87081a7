import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertNotice } from '../../dist/kit/index.js';
import { startPostgres } from '../servers/postgres.ts';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { fillPast } from '../support/alert-past.ts';
import { needs } from '../support/needs.ts';
import { NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'from a finding to the notice that is handed over, at 50 findings a second; with a million past alerts';

const perSecond = 50;
const policy = 'bench';
/** Findings of one side before the other has its turn. */
const stretch = 100;

export default async function (report: Report, { smoke, rows, flags }: BenchOptions): Promise<void> {
  const past = smoke ? 1_000 : (rows ?? 1_000_000);
  const findings = smoke ? 25 : Number(flags['findings'] ?? 1_500);
  const folder = mkdtempSync(join(tmpdir(), 'percept-alert-'));
  try {
    await compare(report, 'sqlite', (name) => Promise.resolve(join(folder, `${name}.sqlite`)), past, findings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (smoke || needs('postgresql')) return;
  // as a careful owner runs it: a commit waits for the disk
  const server = await startPostgres({ fsync: true });
  try {
    await compare(report, 'postgres', () => server.database(), past, findings);
  } finally {
    await server.stop();
  }
}

async function compare(
  report: Report,
  kind: string,
  database: (name: string) => Promise<string>,
  past: number,
  findings: number,
): Promise<void> {
  const full = await database('full');
  await fillPast(full, policy, past, 10_000);
  await using fresh = await Side.start(await database('fresh'));
  await using filled = await Side.start(full);
  // turn by turn, so that whatever else the machine does slows both alike
  for (let done = 0; done < findings; done += stretch)
    for (const side of [fresh, filled]) await side.send(Math.min(stretch, findings - done));
  report(`${kind}.p50`, fresh.quantile(0.5), 'ms');
  report(`${kind}.p99`, fresh.quantile(0.99), 'ms');
  report(`${kind}.past`, past, 'alerts');
  report(`${kind}.past.p50`, filled.quantile(0.5), 'ms');
  report(`${kind}.past.p99`, filled.quantile(0.99), 'ms');
  report(`${kind}.past.ratio`, filled.quantile(0.5) / fresh.quantile(0.5), 'times the median without');
}

/** A real Node-RED: findings of as many sources go in, each notice is answered. Measured from outside, both ways by IPC. */
class Side {
  readonly #nodeRed: NodeRed;
  readonly #sent = new Map<string, number>();
  readonly #took: number[] = [];
  #seen = 0;
  #source = 0;

  private constructor(nodeRed: NodeRed) {
    this.#nodeRed = nodeRed;
  }

  static async start(url: string): Promise<Side> {
    const flow = alertFlow(url, { policy, resolveAfter: '3600', cooldown: '0' });
    await using started = new AsyncDisposableStack();
    const side = new Side(started.use(await NodeRed.start({ flow })));
    // the first ones find everything cold
    await side.send(20);
    side.#took.length = 0;
    started.move();
    return side;
  }

  async send(count: number): Promise<void> {
    const listening = setInterval(() => this.#listen(), 1);
    const began = performance.now();
    for (let i = 0; i < count; i++) {
      await sleep(Math.max(0, began + (i * 1_000) / perSecond - performance.now()));
      this.#find();
    }
    await until(() => this.#sent.size === 0, { ms: 60_000, what: 'all notices' });
    clearInterval(listening);
  }

  /** ms */
  quantile(q: number): number {
    const sorted = this.#took.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#nodeRed.stop();
  }

  #find(): void {
    // of cameras that had alerts before, each once
    const source = `camera ${(this.#source++ * 7) % 10_000}`;
    this.#sent.set(source, performance.now());
    const finding = { kind: 'loitering', source, severity: 'warning', since: Date.now(), reasons: ['Somebody'] };
    this.#nodeRed.inject(alertIds.alert, { topic: 'x', finding });
  }

  #listen(): void {
    const messages = this.#nodeRed.messages('notices');
    for (; this.#seen < messages.length; this.#seen++) {
      const alert = messages[this.#seen]?.['alert'] as AlertNotice;
      const began = this.#sent.get(alert.source);
      if (began !== undefined) this.#took.push(performance.now() - began);
      this.#sent.delete(alert.source);
      this.#nodeRed.inject(alertIds.alert, { topic: 'x', delivery: { notice: alert.notice, ok: true } });
    }
  }
}
