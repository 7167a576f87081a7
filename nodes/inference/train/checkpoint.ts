import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { trainingError } from './errors.js';
import type { Examples } from './examples.js';
import type { Network } from './network.js';
import type { TrainingOptions } from './options.js';
import type { Position, State } from './state.js';

const magic = 'percept-training-1';

interface Header {
  readonly magic: string;
  readonly mark: string;
  readonly at: Position;
  readonly count: number;
  /** Of the numbers that follow. */
  readonly sha256: string;
}

/** Tells whether a checkpoint belongs to this training: the same data, network and way of learning. */
export function markOf(network: Network, options: TrainingOptions, { x, y }: Examples): string {
  const hash = createHash('sha256').update(JSON.stringify([network, options]));
  for (const values of [x, ...(y ? [y] : [])]) hash.update(bytesOf(values));
  return hash.digest('hex');
}

/**
 * Keeps where training is, whole or not at all. For a thread: it waits for the disk.
 * @throws PerceptError `training-no-room`
 */
export function writeCheckpoint(path: string, mark: string, state: State): void {
  const parts = [...state.moments, state.best].map(bytesOf);
  const header: Header = { magic, mark, at: state.at, count: state.best.length, sha256: sha256Of(parts) };
  const text = Buffer.from(`${JSON.stringify(header)}\n`);
  const draft = `${path}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(draft, 'w', 0o640);
    try {
      for (const part of [text, ...parts]) writeAll(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (thrown) {
    discard(draft);
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw trainingError('training-no-room', { path, detail: code ?? message }, { cause: thrown });
  }
}

/** Undefined when there is none, or one of another training, or one that is damaged: then it begins anew. */
export function readCheckpoint(path: string, mark: string): State | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const end = bytes.indexOf('\n');
  const header = headerOf(bytes.subarray(0, Math.max(0, end)));
  if (header?.magic !== magic || header.mark !== mark) return undefined;
  const numbers = bytes.subarray(end + 1);
  if (numbers.length !== 16 * header.count || sha256Of([numbers]) !== header.sha256) return undefined;
  const part = (i: number): Float32Array => {
    const from = numbers.byteOffset + 4 * i * header.count;
    return new Float32Array(numbers.buffer.slice(from, from + 4 * header.count) as ArrayBuffer);
  };
  // an infinite score is null in JSON
  const bestScore = header.at.bestScore ?? Number.POSITIVE_INFINITY;
  return { moments: [part(0), part(1), part(2)], best: part(3), at: { ...header.at, bestScore } };
}

export function removeCheckpoint(path: string): void {
  rmSync(path, { force: true });
}

function discard(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // what kept it from being written says more
  }
}

function headerOf(text: Buffer): Header | undefined {
  try {
    return JSON.parse(text.toString()) as Header;
  } catch {
    return undefined;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writevSync(file, [bytes.subarray(at)]);
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function sha256Of(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
