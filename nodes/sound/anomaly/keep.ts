import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { Finding, toPerceptError } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { Calibration } from '../network/calibration.js';
import { NormalModel } from '../normal/model.js';

/** A network that a message named. */
const Named = Type.Object({
  name: Type.String({ minLength: 1 }),
  version: Type.Optional(Type.String()),
  /** What it takes this machine for while all is well. */
  calibration: Type.Optional(Calibration),
});
export type Named = Static<typeof Named>;

const Kept = Type.Object({
  source: Type.String(),
  model: Type.Union([NormalModel, Named]),
  /** What was followed since. */
  offset: Type.Array(Type.Number()),
  /** Was strange when this was written, as far as it went. */
  told: Type.Optional(Finding),
});
export interface Kept {
  readonly source: string;
  readonly model: NormalModel | Named;
  readonly offset: readonly number[];
  readonly told?: Finding;
}

/** What a message or a file gives: an object with a format is meant as a learned normal, whether it is one or not. */
export function isNamed(model: NormalModel | Named): model is Named {
  return !('format' in model) && Value.Check(Named, model);
}

/** What was learned, a file a source. Written beside and renamed, so that a crash leaves the one before. */
export class Keep {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * @returns undefined where nothing was learned
   * @throws PerceptError `sound-model`; the file has been set aside
   */
  async load(source: string): Promise<Kept | undefined> {
    const path = this.#path(source);
    const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined;
      throw thrown;
    });
    if (text === undefined) return undefined;
    try {
      return parsed(text);
    } catch (thrown) {
      await rename(path, `${path}.damaged`);
      throw toPerceptError(thrown);
    }
  }

  async save(kept: Kept): Promise<void> {
    const path = this.#path(kept.source);
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${path}.new`, `${JSON.stringify(kept)}\n`);
    await rename(`${path}.new`, path);
  }

  /** All of it. */
  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A name of a source may hold what no file name can. */
  #path(source: string): string {
    return join(this.#folder, `${createHash('sha256').update(source).digest('hex').slice(0, 32)}.json`);
  }
}

function parsed(text: string): Kept {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw soundError('sound-model', { problem: (cause as Error).message }, { cause });
  }
  if (Value.Check(Kept, value)) return value;
  const [problem] = Value.Errors(Kept, value);
  throw soundError('sound-model', { problem: `${problem?.instancePath || 'it'} ${problem?.message ?? ''}`.trim() });
}
