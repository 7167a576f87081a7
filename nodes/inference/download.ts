import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256OfFile } from '../store/bucket/checksum.js';
import { absent } from '../store/bucket/folder-files.js';
import { headOf, inferenceError } from './errors.js';

export interface Download {
  readonly model: string;
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Where it grows; kept when the connection breaks, so that the next try goes on from there. */
  readonly part: string;
  readonly signal?: AbortSignal;
  readonly progress?: (got: number) => void;
}

/** Nothing for so long, and the connection counts as broken. */
const patienceMs = 30_000;

/**
 * Brings a file of known length and checksum to `part`. The file is whole and right when this resolves.
 * @throws PerceptError `model-download-failed`, `model-download-cut` (what came stays), `model-download-other` (nothing stays)
 */
export async function download(wanted: Download): Promise<void> {
  const { part, model, url } = wanted;
  await mkdir(dirname(part), { recursive: true });
  const there = (await stat(part).catch(absent))?.size ?? 0;
  const from = there < wanted.bytes ? there : 0;
  // whole already: only its checksum was left to do when the last try ended
  if (there !== wanted.bytes) await fetchRest(wanted, from);
  const { sha256: found } = await sha256OfFile(part);
  if (found === wanted.sha256) return;
  await unlink(part);
  throw inferenceError('model-download-other', { model, url, found: headOf(found), expected: headOf(wanted.sha256) });
}

async function fetchRest(wanted: Download, from: number): Promise<void> {
  const { model, url, part, bytes } = wanted;
  const quiet = new AbortController();
  const timer = setTimeout(() => quiet.abort(new Error(`nothing came for ${patienceMs / 1000} s`)), patienceMs);
  const signal = AbortSignal.any([quiet.signal, ...(wanted.signal ? [wanted.signal] : [])]);
  let got = from;
  let answered = false;
  try {
    const answer = await fetch(url, { signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} });
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status} ${answer.statusText}`.trim());
    answered = true;
    // a server that ignores the range sends everything
    if (answer.status !== 206) got = 0;
    const file = await open(part, got === 0 ? 'w' : 'a');
    try {
      for await (const chunk of answer.body) {
        timer.refresh();
        got += chunk.length;
        if (got > bytes) break;
        await file.writeFile(chunk);
        wanted.progress?.(got);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (got < bytes) throw new Error('the connection ended');
  } catch (thrown) {
    const detail = reasonOf(thrown);
    if (answered) throw inferenceError('model-download-cut', { model, got, whole: bytes, detail }, { cause: thrown });
    throw inferenceError('model-download-failed', { model, url, detail }, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
  if (got <= bytes) return;
  await unlink(part);
  throw inferenceError('model-download-failed', { model, url, detail: `more than ${bytes} bytes came` });
}

/** `fetch failed` says nothing; what lies behind it does. */
function reasonOf(thrown: unknown): string {
  const { message, cause } = thrown as Error;
  const inner = cause as { code?: string; message?: string } | undefined;
  return inner?.code ?? inner?.message ?? message;
}
