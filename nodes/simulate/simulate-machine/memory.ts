import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { messageReader, type PerceptError, Time } from '../../kit/index.js';
import { Exercise } from '../machine/exercise.js';
import { simulateError } from './errors.js';

/** What a machine knows over a restart. */
export const Remembered = Type.Object({
  exercise: Exercise,
  /** Of the next fault that does not say. */
  severity: Type.Number({ minimum: 0, maximum: 1 }),
  /** The last instant on the wire. */
  last: Time,
  /** The last instant that the broker has answered for. */
  published: Type.Optional(Time),
});
export type Remembered = Static<typeof Remembered>;

const readRemembered = messageReader(Remembered);

/** A small file that is replaced as a whole. Trouble with it is told once and stops nothing. */
export class Memory {
  readonly #path: string;
  readonly #trouble: (error: PerceptError) => void;
  #told = false;
  #writing: Promise<void> = Promise.resolve();
  #next: Remembered | undefined;

  constructor(path: string, trouble: (error: PerceptError) => void) {
    this.#path = path;
    this.#trouble = trouble;
  }

  async load(): Promise<Remembered | undefined> {
    try {
      return readRemembered(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== 'ENOENT') this.#tell(thrown);
      return undefined;
    }
  }

  /** The newest counts; resolves when it, or one after it, lies on the disk. */
  save(remembered: Remembered): Promise<void> {
    const waiting = this.#next !== undefined;
    this.#next = remembered;
    if (!waiting) this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async remove(): Promise<void> {
    await this.#writing;
    await rm(this.#path, { force: true }).catch((thrown: unknown) => this.#tell(thrown));
  }

  async #write(): Promise<void> {
    const remembered = this.#next;
    this.#next = undefined;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(`${this.#path}.new`, JSON.stringify(remembered));
      await rename(`${this.#path}.new`, this.#path);
      this.#told = false;
    } catch (thrown) {
      this.#tell(thrown);
    }
  }

  #tell(cause: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const detail = cause instanceof Error ? cause.message.slice(0, 120) : String(cause);
    this.#trouble(simulateError('simulate-memory', { path: this.#path, detail }, { cause }));
  }
}
