import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from '../../dist/alert/desk/request.js';
import type { AlertCommand } from './alert-child.ts';
import { finding } from './alert-trial.ts';
import { endsWithUs } from './children.ts';
import { type Arrival, FaultProvider } from './fault-provider.ts';
import type { NotifyJob } from './notify-job.ts';
import { until } from './until.ts';

export interface NotifyFaultResult {
  readonly alerts: number;
  /** Requests that reached the provider. */
  readonly requests: number;
  /** Notices among them. */
  readonly notices: number;
  /** Alerts of which nobody was told. */
  readonly lost: number;
  /** Requests that came again unmarked, a third time, or although their delivery had been told. */
  readonly doubled: number;
  /** Requests that came once more, marked: no answer had been taken in. */
  readonly again: number;
  /** Requests of a thread that came after one that follows them. */
  readonly disordered: number;
}

const settings = {
  steps: [
    { channel: 'push', after: 0 },
    { channel: 'sms', after: 0.6 },
    { channel: 'voice', after: 0.6 },
  ],
  ...{ patience: 2, repeat: 3, retry: 1, expireHours: 0, cooldown: 0 },
};

export interface NotifyTrialOptions {
  /** Of a database; default: a new file. */
  readonly url?: string;
  readonly processes?: number;
  readonly dies?: NotifyJob['dies'];
}

/** Processes with alert and notify each on one store, and a provider that takes notices as it is told. */
export class NotifyFaultTrial {
  readonly provider: FaultProvider;
  readonly url: string;
  readonly #name = `trial ${Math.random()}`;
  readonly #folder: string | undefined;
  readonly #children: (ChildProcess | undefined)[] = [];
  readonly #open = new Map<number, Request>();
  #clock = 0;
  #n = 0;

  private constructor(provider: FaultProvider, url: string, folder?: string) {
    this.provider = provider;
    this.url = url;
    this.#folder = folder;
  }

  static async start({ url, processes = 1, dies }: NotifyTrialOptions = {}): Promise<NotifyFaultTrial> {
    const folder = url ? undefined : mkdtempSync(join(tmpdir(), 'percept-notify-'));
    const trial = new NotifyFaultTrial(await FaultProvider.start(), url ?? join(folder ?? '', 'n.sqlite'), folder);
    for (let i = 0; i < processes; i++) await trial.begin(i, i === 0 ? dies : undefined);
    return trial;
  }

  /** Brings findings, lets `fault` happen meanwhile, and waits until somebody was told of each. */
  async run(alerts: number, fault: (trial: NotifyFaultTrial) => Promise<void>): Promise<NotifyFaultResult> {
    const since = Date.now();
    const keys = Array.from({ length: alerts }, (_, i) => `loitering/camera ${i}/`);
    const bring = async (): Promise<void> => {
      for (let i = 0; i < alerts; i++) {
        this.#ask({ type: 'finding', finding: finding({ source: `camera ${i}`, since }) });
        await sleep(60 * Math.random());
      }
    };
    await Promise.all([bring(), fault(this)]);
    await this.provider.behave('well');
    const arrived = (key: string): boolean =>
      this.provider.arrivals.some((one) => one.key === key && one.fate === 'taken');
    await until(() => this.#open.size === 0 && keys.every(arrived), { ms: 90_000 }).catch(() => undefined);
    for (const key of keys) this.#ask({ type: 'acknowledge', which: { key }, by: 'test' });
    await until(() => this.#open.size === 0, { ms: 20_000 }).catch(() => undefined);
    await this.#quiet();
    return this.#result(alerts, keys.filter((key) => !arrived(key)).length);
  }

  /** kill -9, and another one in its place. */
  async kill(at = 0, restart = true): Promise<void> {
    const child = this.#children[at];
    if (child?.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    if (restart) await this.begin(at);
  }

  /** Resolves when one that is to die by itself has done so, or does not in time. */
  async died(at: number, ms: number): Promise<void> {
    const child = this.#children[at];
    if (child && child.signalCode === null) await Promise.race([once(child, 'close'), sleep(ms)]);
  }

  /** Puts the clock of all processes on, or back. */
  jump(ms: number): void {
    this.#clock += ms;
    for (const child of this.#children) if (child) send(child, { clock: ms });
  }

  async begin(at: number, dies?: NotifyJob['dies']): Promise<void> {
    const job: NotifyJob = {
      ...{ url: this.url, name: this.#name, settings, provider: this.provider.url, clock: this.#clock },
      ...(dies ? { dies } : {}),
    };
    const program = join(import.meta.dirname, 'notify-child.ts');
    const child = endsWithUs(
      spawn(process.execPath, [program, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    this.#children[at] = child;
    child.stdin?.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const said = JSON.parse(line) as 'ready' | { done?: number; told?: string; ok?: boolean };
      if (said === 'ready') resolve();
      else if (said.done !== undefined) this.#open.delete(said.done);
      else if (said.told !== undefined && said.ok) this.provider.told.add(said.told);
    });
    await Promise.race([promise, once(child, 'close')]);
    // what was not done is asked for again, as a source does that waits for its acknowledgement
    for (const [n, request] of this.#open) send(child, { n, request });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((_, at) => this.kill(at, false)));
    await this.provider.stop();
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(request: Request): void {
    const n = this.#n++;
    this.#open.set(n, request);
    const alive = this.#children.filter((child) => child?.exitCode === null && child.signalCode === null);
    const child = alive[n % Math.max(1, alive.length)];
    if (child) send(child, { n, request });
  }

  /** What is too much would come late. */
  async #quiet(): Promise<void> {
    let [count, since] = [-1, performance.now()];
    const settled = (): boolean => {
      if (count !== this.provider.arrivals.length) [count, since] = [this.provider.arrivals.length, performance.now()];
      return performance.now() - since > 1_500;
    };
    await until(settled, { ms: 20_000 }).catch(() => undefined);
  }

  #result(alerts: number, lost: number): NotifyFaultResult {
    const { arrivals } = this.provider;
    const byNotice = Object.values(Object.groupBy(arrivals, ({ notice }) => notice)).map((all) => all ?? []);
    const byThread = Object.values(Object.groupBy(arrivals, ({ thread }) => thread)).map((all) => all ?? []);
    const sum = (of: readonly (readonly Arrival[])[], count: (all: readonly Arrival[]) => number): number =>
      of.reduce((total, all) => total + count(all), 0);
    return {
      ...{ alerts, lost, requests: arrivals.length, notices: byNotice.length },
      doubled: sum(byNotice, doubledOf),
      again: sum(byNotice, (all) => repeats(all).filter(({ again }) => again).length),
      disordered: sum(byThread, disorderedOf),
    };
  }
}

/** Those before which one had come that was, or may have been, taken. */
function repeats(all: readonly Arrival[]): readonly Arrival[] {
  const first = all.findIndex(({ fate }) => fate !== 'refused');
  return first < 0 ? [] : all.slice(first + 1);
}

function doubledOf(all: readonly Arrival[]): number {
  const wrong = repeats(all).filter(({ again, knownBefore }) => !again || knownBefore).length;
  const taken = all.filter(({ fate }) => fate !== 'refused');
  const perChannel = Object.values(Object.groupBy(taken, ({ channel }) => channel)).map((some) => some?.length ?? 0);
  return wrong + perChannel.reduce((total, count) => total + Math.max(0, count - 2), 0);
}

function disorderedOf(all: readonly Arrival[]): number {
  const numberOf = ({ notice }: Arrival): number => Number(notice.split('.')[1]);
  return all.filter((one, i) => all.slice(0, i).some((earlier) => numberOf(earlier) > numberOf(one))).length;
}

function send(child: ChildProcess, command: AlertCommand): void {
  if (child.exitCode === null && child.signalCode === null) child.stdin?.write(`${JSON.stringify(command)}\n`);
}
