import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Type } from 'typebox';
import { Finding, messageReader, type PerceptError } from '../../kit/index.js';
import { alertError } from '../errors.js';
import type { Request } from './request.js';

type FindingRequest = Extract<Request, { type: 'finding' }>;

/** A finding that the store has not taken yet. */
export interface Held {
  readonly request: FindingRequest;
  /** On the clock that never jumps. */
  readonly since: number;
  /** Of its line; undefined as long as it is in memory alone. */
  number?: number;
  settled?: boolean;
}

export interface JournalOptions {
  readonly path: string;
  /** The disk does not take it: told once until the store has taken all. */
  readonly onProblem: (problem: PerceptError) => void;
  /** ms; a store that answers takes a finding sooner. */
  readonly patienceMs?: number;
  /** Of the file. */
  readonly mostBytes?: number;
}

const readLine = messageReader(
  Type.Object({ n: Type.Integer({ minimum: 1 }), finding: Finding, zone: Type.Optional(Type.String()) }),
);

/**
 * Findings that wait for a store that is away, in a file of lines: one that was synced comes again after a crash. While
 * the store answers, nothing is written. A finding that was stored just before a crash may come once more; its key and its
 * beginning are those of an alert that knows it, so nobody is told again.
 */
export class Journal {
  readonly #path: string;
  readonly #onProblem: (problem: PerceptError) => void;
  readonly #patienceMs: number;
  readonly #mostBytes: number;
  /** In memory alone, oldest first. */
  readonly #fresh = new Set<Held>();
  /** Numbers of lines that are still wanted. */
  readonly #kept = new Set<number>();
  #settled: number[] = [];
  #last = 0;
  #size = 0;
  #file: FileHandle | undefined;
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isKeeping = false;
  #isSweeping = false;
  #told = false;
  #away = false;

  constructor({ path, onProblem, patienceMs = 1_000, mostBytes = 16 * 1024 * 1024 }: JournalOptions) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#patienceMs = patienceMs;
    this.#mostBytes = mostBytes;
  }

  /** What a process that died was left with, oldest first. */
  async load(): Promise<readonly Held[]> {
    const bytes = await readFile(this.#path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') this.#tell(thrown.message, 0);
      return Buffer.alloc(0);
    });
    // what follows the last end of a line was not synced, so nobody was promised anything
    this.#size = bytes.lastIndexOf(10) + 1;
    const { held, damaged } = linesIn(bytes.subarray(0, this.#size).toString());
    this.#last = Math.max(0, ...held.map(({ number = 0 }) => number));
    for (const { number = 0 } of held) this.#kept.add(number);
    if (damaged > 0) {
      await writeFile(`${this.#path}.damaged`, bytes, { mode: 0o600 }).catch(() => undefined);
      this.#onProblem(alertError('alert-journal-damaged', { count: damaged, path: `${this.#path}.damaged` }));
    }
    if (held.length === 0 && this.#size > 0) this.#sweep();
    return held;
  }

  /** From now on it is kept if the store does not take it soon. @returns undefined for what is no finding */
  hold(request: Request): Held | undefined {
    if (request.type !== 'finding') return undefined;
    const held: Held = { request, since: performance.now() };
    this.#fresh.add(held);
    if (this.#away) void this.keep();
    else this.#timer ??= this.#wait(this.#patienceMs);
    return held;
  }

  /** The store has it, or whoever sent it knows that it has not. */
  settle(held: Held | undefined): void {
    if (!held || held.settled) return;
    held.settled = true;
    this.#fresh.delete(held);
    if (held.number === undefined) return;
    this.#kept.delete(held.number);
    this.#settled.push(held.number);
    this.#sweep();
  }

  /** While the store is known to be away, nothing waits in memory alone. */
  set away(away: boolean) {
    this.#away = away;
    if (away) void this.keep();
  }

  /** Resolves when all that waits is on the disk, as far as it can be. */
  keep(): Promise<void> {
    return this.#keep(0);
  }

  /** What still waits stays on the disk. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#work;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      void this.#keep(this.#patienceMs);
      const [oldest] = [...this.#fresh].filter(({ since }) => performance.now() - since < this.#patienceMs);
      if (oldest) this.#timer = this.#wait(oldest.since + this.#patienceMs - performance.now());
    }, ms).unref();
  }

  /** @param age ms; younger ones may still be taken by the store */
  #keep(age: number): Promise<void> {
    // the one that waits for its turn takes these along
    if (this.#isKeeping && age === 0) return this.#work;
    if ([...this.#fresh].some(({ since }) => performance.now() - since >= age)) {
      this.#isKeeping ||= age === 0;
      this.#work = this.#work.then(() => this.#write(age));
    }
    return this.#work;
  }

  async #write(age: number): Promise<void> {
    this.#isKeeping = false;
    const batch = [...this.#fresh].filter(({ since }) => performance.now() - since >= age);
    if (batch.length === 0) return;
    const lines = batch.map(({ request: { finding, zone } }, i) => lineOf({ n: this.#last + 1 + i, finding, zone }));
    const bytes = Buffer.from(lines.join(''));
    for (const held of batch) this.#fresh.delete(held);
    try {
      if (this.#size + bytes.length > this.#mostBytes) throw new Error(`more than ${this.#mostBytes >> 20} MiB`);
      await this.#append(bytes, true);
    } catch (thrown) {
      this.#tell((thrown as Error).message, batch.length);
      return;
    }
    for (const held of batch) {
      held.number = ++this.#last;
      if (held.settled) this.#settled.push(held.number);
      else this.#kept.add(held.number);
    }
    if (this.#settled.length > 0) this.#sweep();
  }

  #sweep(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#work = this.#work.then(() => this.#forget()).catch(() => undefined);
  }

  /** Not synced: what comes once more is known by its key. */
  async #forget(): Promise<void> {
    this.#isSweeping = false;
    const done = this.#settled.splice(0);
    if (this.#kept.size > 0) return await this.#append(Buffer.from(lineOf({ done })), false);
    this.#size = 0;
    this.#told = false;
    const file = await this.#opened();
    await file.truncate(0);
  }

  async #append(bytes: Buffer, sync: boolean): Promise<void> {
    const file = await this.#opened();
    try {
      await file.write(bytes, 0, bytes.length, this.#size);
      if (sync) await file.datasync();
    } catch (thrown) {
      // half a line would spoil the next one
      await file.truncate(this.#size).catch(() => undefined);
      throw thrown;
    }
    this.#size += bytes.length;
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file) return this.#file;
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true });
    this.#file = await open(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    await this.#file.truncate(this.#size);
    await syncFolder(folder);
    return this.#file;
  }

  #tell(detail: string, count: number): void {
    if (this.#told) return;
    this.#told = true;
    this.#onProblem(alertError('alert-journal', { count, path: this.#path, detail }));
  }
}

function lineOf(line: { n: number; finding: Finding; zone: string | undefined } | { done: readonly number[] }): string {
  return `${JSON.stringify(line)}\n`;
}

function linesIn(text: string): { held: Held[]; damaged: number } {
  const held = new Map<number, Held>();
  let damaged = 0;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    try {
      const said = JSON.parse(line) as { readonly done?: readonly number[] };
      for (const number of said.done ?? []) held.delete(number);
      if (said.done) continue;
      const { n: number, finding, zone } = readLine(said);
      const request = { type: 'finding', finding, ...(zone === undefined ? {} : { zone }) } as const;
      held.set(number, { request, since: performance.now(), number });
    } catch {
      damaged++;
    }
  }
  return { held: [...held.values()], damaged };
}

/** A file that was made just now may else be gone after a power cut. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
