import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { removeCheckpoint } from '../../inference/train/checkpoint.js';
import { trainingError } from '../../inference/train/errors.js';
import { learnError } from './errors.js';

/** All that a learning needs to begin again after a crash with the same recordings. */
export const Job = Type.Object({
  format: Type.Literal(1),
  id: Type.String({ minLength: 1, maxLength: 80 }),
  source: Type.String({ minLength: 1, maxLength: 200 }),
  quantity: Type.String({ maxLength: 200 }),
  kind: Type.Union([Type.Literal('normal'), Type.Literal('autoencoder'), Type.Literal('vgg')]),
  preset: Type.Union([Type.Literal('hearing'), Type.Literal('picture'), Type.Literal('vibration')]),
  /** Time that is learned from, UTC epoch milliseconds, and of it the newest minutes of sound. */
  since: Type.Number(),
  until: Type.Number(),
  minutes: Type.Number({ exclusiveMinimum: 0 }),
  /** Recordings that are stored later don't count. */
  lastId: Type.Integer(),
  labels: Type.Array(Type.Object({ since: Type.Number(), until: Type.Number(), condition: Type.String() })),
  epochs: Type.Integer({ minimum: 1 }),
  paused: Type.Boolean(),
});
export type Job = Static<typeof Job>;

/** Learnings that are not done yet, a file a source, with the checkpoint beside it. */
export class Jobs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws PerceptError `training-no-room` */
  async save(job: Job): Promise<void> {
    const path = this.#path(job.source, 'json');
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(`${path}.new`, `${JSON.stringify(job, null, 2)}\n`, { flush: true });
      await rename(`${path}.new`, path);
    } catch (cause) {
      await rm(`${path}.new`, { force: true }).catch(() => undefined);
      const { code, message } = cause as NodeJS.ErrnoException;
      throw trainingError('training-no-room', { path, detail: code ?? message }, { cause });
    }
  }

  async load(source: string): Promise<Job | undefined> {
    const text = await readFile(this.#path(source, 'json'), 'utf8').catch(absent);
    return text === undefined ? undefined : jobOf(text);
  }

  /** @param onBad told of files that can't be read; they have been set aside */
  async all(onBad: (problem: unknown) => void): Promise<Job[]> {
    const jobs: Job[] = [];
    for (const name of (await readdir(this.#folder).catch(absent)) ?? []) {
      if (!name.endsWith('.json')) continue;
      const path = join(this.#folder, name);
      try {
        jobs.push(jobOf(await readFile(path, 'utf8')));
      } catch (thrown) {
        await rename(path, `${path}.damaged`);
        onBad(learnError('learn-job', { path, problem: (thrown as Error).message }, { cause: thrown }));
      }
    }
    return jobs;
  }

  /** File that a training goes on from. */
  checkpoint(source: string): string {
    return this.#path(source, 'checkpoint');
  }

  async remove(source: string): Promise<void> {
    await rm(this.#path(source, 'json'), { force: true });
    removeCheckpoint(this.checkpoint(source));
  }

  /** All of them. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A name of a source may hold what no file name can. */
  #path(source: string, ending: string): string {
    return join(this.#folder, `${createHash('sha256').update(source).digest('hex').slice(0, 32)}.${ending}`);
  }
}

function jobOf(text: string): Job {
  const value: unknown = JSON.parse(text);
  if (Value.Check(Job, value)) return value;
  const [problem] = Value.Errors(Job, value);
  throw new Error(`${problem?.instancePath || 'it'} ${problem?.message ?? ''}`.trim());
}

function absent(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown;
}
