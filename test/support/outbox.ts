import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Outbox, type OutboxOptions } from '../../dist/sensor/gateway/outbox.js';
import type { Kept, Row } from '../../dist/sensor/gateway/row.js';

export type { Kept, Row };

/** An outbox in a folder of its own, which may be closed and opened again as after a restart. */
export class TestOutbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'percept-ob-'));
  readonly #options: Partial<OutboxOptions>;
  #open: Outbox | undefined;

  constructor(options: Partial<OutboxOptions> = {}) {
    this.#options = options;
  }

  get path(): string {
    return join(this.folder, 'outbox.sqlite');
  }

  async open(options: Partial<OutboxOptions> = {}): Promise<Outbox> {
    await this.#open?.close();
    this.#open = undefined;
    this.#open = await Outbox.open({
      path: this.path,
      ours: true,
      groupCount: 500,
      groupMs: 1,
      maxReadings: 1_000_000,
      maxBytes: 256 * 1024 * 1024,
      policy: 'oldest',
      now: Date.now,
      ...this.#options,
      ...options,
    });
    return this.#open;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Reading `n` of a stream: its value is its number. */
export function row(n: number, more: Partial<Row> = {}): Row {
  return {
    source: 'pump',
    quantity: 'temperature',
    value: n,
    unit: '°C',
    time: 1_700_000_000_000 + n,
    sequence: 0,
    priority: 5,
    ...more,
  };
}

export function rows(from: number, count: number, more: Partial<Row> = {}): Row[] {
  return Array.from({ length: count }, (_, i) => row(from + i, more));
}

export function values(kept: readonly Kept[]): number[] {
  return kept.map(({ value }) => value);
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** All that is not handed out yet; a batch ends where the clock was set or the process began. */
export async function handedOut(outbox: Outbox): Promise<Kept[]> {
  const all: Kept[] = [];
  for (let some = await outbox.next(1000); some.length > 0; some = await outbox.next(1000)) all.push(...some);
  return all;
}
