import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe } from 'node:test';
import { openStore, type StoreHandle, type StoreSettings } from '../../dist/store/open.js';
import type { NewReading } from '../../dist/store/store.js';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { endsWithUs } from './children.ts';
import { needs } from './needs.ts';
import { until } from './until.ts';

/** A place for databases of one kind. */
export interface StoreLab {
  readonly kind: 'sqlite' | 'postgres';
  /** Of a database that is new and empty. */
  url(): Promise<string>;
  /** Opens it, and closes it after the tests. */
  open(settings?: Partial<StoreSettings>): Promise<StoreHandle>;
}

/** Declares the same tests for SQLite and for PostgreSQL. */
export function forBothStores(declare: (lab: StoreLab) => void): void {
  for (const kind of ['sqlite', 'postgres'] as const) {
    describe(kind, { skip: kind === 'postgres' && needs('postgresql') }, () => {
      const open: StoreHandle[] = [];
      let server: PostgresServer | undefined;
      let folder = '';
      let files = 0;
      before(async () => {
        if (kind === 'postgres') server = await startPostgres();
        else folder = mkdtempSync(join(tmpdir(), 'percept-store-'));
      });
      after(async () => {
        await Promise.all(open.map((store) => store.close()));
        await server?.stop();
        if (folder) rmSync(folder, { recursive: true, force: true });
      });
      const url = async () => (server ? await server.database() : join(folder, `${++files}.sqlite`));
      declare({
        kind,
        url,
        open: async (settings = {}) => {
          const store = await openStore({ url: settings.url ?? (await url()), ...settings });
          open.push(store);
          return store;
        },
      });
    });
  }
}

const start = Date.UTC(2026, 0, 5, 12);

/** The i-th reading of a plant of ten machines that measure once a second. */
export function reading(i: number, changes: Partial<NewReading> = {}): NewReading {
  const time = start + Math.floor(i / 10) * 1_000;
  return {
    source: `plant/machine-${i % 10}`,
    quantity: 'temperature',
    value: (i * 7) % 101,
    unit: '°C',
    time,
    sequence: 0,
    receivedAt: time + 20,
    clock: 'ok',
    ...changes,
  };
}

export function readings(from: number, count: number): NewReading[] {
  return Array.from({ length: count }, (_, i) => reading(from + i));
}

/** A process of its own that works on a store (see store-child.ts) until it is killed. */
export class StoreChild {
  /** Each line it wrote, parsed. */
  readonly said: unknown[] = [];
  readonly #child: ChildProcess;
  #complaints = '';

  constructor(
    job: 'commit' | 'feed' | 'open',
    settings: Partial<StoreSettings>,
    options: Record<string, unknown> = {},
  ) {
    const program = join(import.meta.dirname, 'store-child.ts');
    const argument = JSON.stringify({ job, settings, ...options });
    this.#child = endsWithUs(spawn(process.execPath, [program, argument], { stdio: ['ignore', 'pipe', 'pipe'] }));
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.said.push(JSON.parse(line));
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.#complaints += chunk;
    });
  }

  async until(condition: (said: readonly unknown[]) => boolean, what: string): Promise<void> {
    await until(() => condition(this.said), { ms: 20_000, what }).catch((thrown: Error) => {
      throw new Error(`${thrown.message}\n${this.#complaints}`);
    });
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }
}
