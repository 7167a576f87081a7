import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from '../../dist/alert/desk/request.js';
import { openStore } from '../../dist/store/open.js';
import type { AlertCommand, AlertJob } from './alert-child.ts';
import { finding } from './alert-trial.ts';
import { endsWithUs } from './children.ts';
import { until } from './until.ts';

/** A notice as it reached the provider. */
interface Arrival {
  readonly notice: string;
  readonly key: string;
  readonly channel: string;
  readonly to: string;
  readonly round: number;
  readonly step: number;
  readonly occasion: string;
  readonly again: boolean;
  /** When it left, ns on the clock that all processes share. */
  readonly at: number;
}

export interface AlertFaultResult {
  readonly alerts: number;
  /** Notices that reached the provider, each counted once. */
  readonly notices: number;
  /** Alerts of which nobody was told. */
  readonly lost: number;
  /** Notices that came once more, marked, because no answer to the first had been taken in. */
  readonly again: number;
  /** Notices that came a third time, unmarked, or although their answer had been taken in. */
  readonly doubled: number;
  /** Notices that came after one that follows them, of one thread, or of one chain. */
  readonly disordered: number;
  /** Of a chain, marked: who was to hand them out had died or was held up, while the next step fell due. */
  readonly late: number;
}

/** How the channels behave. */
export type Manner = 'well' | 'slow' | 'refuses' | 'silent';

const settings = {
  steps: [
    { channel: 'push', after: 0 },
    { channel: 'sms', after: 0.4 },
    { channel: 'voice', after: 0.4 },
  ],
  ...{ patience: 0.5, repeat: 1, retry: 1, expireHours: 0, cooldown: 0 },
};

const witness = 'loitering/witness/';

/** Processes with a desk each on one store, and a provider that answers them as it is told. */
export class AlertFaultTrial {
  manner: Manner = 'well';
  readonly #url: string;
  readonly #name = `trial ${Math.random()}`;
  readonly #folder: string | undefined;
  readonly #desks: (ChildProcess | undefined)[] = [];
  readonly #arrivals: Arrival[] = [];
  readonly #delivered = new Set<string>();
  readonly #open = new Map<number, { readonly request: Request; readonly notice?: string }>();
  readonly #done = new Set<number>();
  #clock = 0;
  #n = 0;

  private constructor(url: string, folder?: string) {
    this.#url = url;
    this.#folder = folder;
  }

  /** @param url of a database; default: a new file */
  static async start({
    url,
    desks = 1,
    dies,
  }: {
    url?: string;
    desks?: number;
    dies?: AlertJob['dies'];
  } = {}): Promise<AlertFaultTrial> {
    const folder = url ? undefined : mkdtempSync(join(tmpdir(), 'percept-alert-'));
    const trial = new AlertFaultTrial(url ?? join(folder ?? '', 'alert.sqlite'), folder);
    await Promise.all(Array.from({ length: desks }, (_, i) => trial.startDesk(i, i === 0 ? dies : undefined)));
    return trial;
  }

  /** Brings findings, lets `fault` happen meanwhile, and waits until somebody was told of each. */
  async run(alerts: number, fault: (trial: AlertFaultTrial) => Promise<void>): Promise<AlertFaultResult> {
    const since = Date.now();
    const keys = Array.from({ length: alerts }, (_, i) => `camera ${i}`);
    const bring = async (): Promise<void> => {
      for (const source of keys) {
        this.#ask({ type: 'finding', finding: finding({ source, since }) });
        await sleep(30 * Math.random());
      }
    };
    await Promise.all([bring(), fault(this)]);
    this.manner = 'well';
    const delivered = (source: string): boolean => this.#delivered.has(`loitering/${source}/`);
    await until(() => this.#complete() && keys.every(delivered), { ms: 60_000 }).catch(() => undefined);
    for (const source of keys) this.#ask({ type: 'acknowledge', which: { key: `loitering/${source}/` }, by: 'test' });
    await until(() => this.#complete(), { ms: 30_000 }).catch(() => undefined);
    // what is too much would come before a later step of an alert that nobody takes
    this.#ask({ type: 'finding', finding: finding({ source: 'witness', since: Date.now() }) });
    const goesOn = (): boolean => this.#arrivals.some(({ key, step }) => key === witness && step > 0);
    await until(goesOn, { ms: 30_000, what: 'the second step of the witness' });
    return await this.#result(keys.filter((source) => !delivered(source)).length, alerts);
  }

  /** kill -9, and another one in its place. */
  async killDesk(at = 0, restart = true): Promise<void> {
    const child = this.#desks[at];
    if (child?.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    if (restart) await this.startDesk(at);
  }

  /** Resolves when a desk that is to die by itself has done so, or does not in time. */
  async died(at: number, ms: number): Promise<void> {
    const child = this.#desks[at];
    if (child && child.signalCode === null) await Promise.race([once(child, 'close'), sleep(ms)]);
  }

  /** Puts the clock of all desks on, or back. */
  jump(ms: number): void {
    this.#clock += ms;
    for (const child of this.#desks) if (child) send(child, { clock: ms });
  }

  async startDesk(at: number, dies?: AlertJob['dies']): Promise<void> {
    const job: AlertJob = {
      ...{ url: this.#url, name: this.#name, settings, clock: this.#clock },
      ...(dies ? { dies } : {}),
    };
    const program = join(import.meta.dirname, 'alert-child.ts');
    const child = endsWithUs(
      spawn(process.execPath, [program, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    this.#desks[at] = child;
    child.stdin?.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const said = JSON.parse(line) as 'ready' | Partial<Arrival & { done: number; id: number }>;
      if (said === 'ready') resolve();
      else if (said.done !== undefined) this.#isDone(said.done);
      else if (said.notice !== undefined) this.#arrive(said as Arrival, child);
    });
    await Promise.race([promise, once(child, 'close')]);
    // what was not done is asked for again, as a source does that waits for its acknowledgement
    for (const [n, { request, notice }] of this.#open) if (notice === undefined) send(child, { n, request });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#desks.map((_, at) => this.killDesk(at, false)));
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(request: Request): void {
    const n = this.#n++;
    this.#open.set(n, { request });
    const alive = this.#desks.filter((child) => child?.exitCode === null && child.signalCode === null);
    const child = alive[n % Math.max(1, alive.length)];
    if (child) send(child, { n, request });
  }

  #isDone(n: number): void {
    this.#open.delete(n);
    this.#done.add(n);
  }

  #complete(): boolean {
    return [...this.#open.values()].every(({ notice }) => notice !== undefined);
  }

  #arrive(arrival: Arrival, from: ChildProcess): void {
    this.#arrivals.push(arrival);
    const { manner } = this;
    if (manner === 'silent') return;
    const answer = (): void => {
      const ok = manner !== 'refuses';
      if (ok) this.#delivered.add(arrival.key);
      const request: Request = { type: 'delivery', notice: arrival.notice, receipt: { ok, taken: false } };
      const n = this.#n++;
      this.#open.set(n, { request, notice: arrival.notice });
      // a receipt reaches whoever sent the notice, or nobody
      send(from, { n, request });
    };
    setTimeout(answer, manner === 'slow' ? 300 + 600 * Math.random() : 20 * Math.random());
  }

  async #result(lost: number, alerts: number): Promise<AlertFaultResult> {
    // the pipe of one process may be read before that of another who was first
    const arrivals = this.#arrivals.filter(({ key }) => key !== witness).sort((a, b) => a.at - b.at);
    const answered = answeredBefore(await this.#journal());
    const byNotice = Object.values(Object.groupBy(arrivals, ({ notice }) => notice)).map((all) => all ?? []);
    const doubled = byNotice.filter(
      (all) => all.length > 2 || all.slice(1).some((one) => !one.again || answered.has(one.notice)),
    );
    return {
      ...{ alerts, lost, notices: byNotice.length, doubled: doubled.length, ...orderOf(arrivals) },
      again: byNotice.filter((all) => all.length === 2).length,
    };
  }

  async #journal(): Promise<JournalStep[]> {
    const store = await openStore({ url: this.#url, patient: true });
    try {
      const rows = await store.db
        .selectFrom('alert_step')
        .innerJoin('alert', 'alert.id', 'alert_step.alert_id')
        .select(['alert_step.alert_id as alert', 'alert_step.kind', 'alert_step.detail'])
        .where('alert.policy', '=', this.#name)
        .orderBy('alert_step.alert_id')
        .orderBy('alert_step.number')
        .execute();
      return rows.map(({ alert, kind, detail }) => {
        const { notice } = JSON.parse(detail) as { notice?: number };
        return { kind, notice: `${alert}.${notice}` };
      });
    } finally {
      await store.close();
    }
  }
}

interface JournalStep {
  readonly kind: string;
  readonly notice: string;
}

/** By their numbers on one thread, and by the steps of a round. */
function orderOf(arrivals: readonly Arrival[]): Pick<AlertFaultResult, 'disordered' | 'late'> {
  const first = arrivals.filter(({ notice }, i) => arrivals.findIndex((one) => one.notice === notice) === i);
  const numberOf = ({ notice }: Arrival): number => Number(notice.split('.')[1]);
  const wrong = (all: readonly Arrival[] = []): Arrival[] =>
    all.filter((one, i) => all.slice(0, i).some((earlier) => numberOf(earlier) > numberOf(one)));
  const threads = Object.groupBy(first, ({ key, channel, to }) => `${key}/${channel}/${to}`);
  const chains = Object.groupBy(
    first.filter(({ occasion }) => occasion === 'step' || occasion === 'repeat'),
    ({ key }) => key,
  );
  const inThreads = Object.values(threads).flatMap(wrong);
  const inChains = Object.values(chains).flatMap(wrong);
  const late = inChains.filter(({ again }) => again).length;
  return { disordered: inThreads.length + inChains.length - late, late };
}

/** Notices that were handed out once more although their answer had been taken in: in the order of the commits. */
function answeredBefore(journal: readonly JournalStep[]): ReadonlySet<string> {
  const answered = new Set<string>();
  const wrong = new Set<string>();
  for (const { kind, notice } of journal) {
    if (kind === 'delivered' || kind === 'failed') answered.add(notice);
    if (kind === 'handed-again' && answered.has(notice)) wrong.add(notice);
  }
  return wrong;
}

function send(child: ChildProcess, command: AlertCommand): void {
  if (child.exitCode === null && child.signalCode === null) child.stdin?.write(`${JSON.stringify(command)}\n`);
}
