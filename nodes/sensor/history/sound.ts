import type { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import { bytesPerSample, type Pcm, readWav, readWavHead, type WavHead, wavHeader } from '../../kit/wav.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Database } from '../../store/schema.js';
import { historyError } from './errors.js';
import type { Patterns } from './matching.js';
import type { Range } from './range.js';

/** A stretch of what was recorded. */
export interface SoundAnswer {
  readonly kind: 'sound';
  readonly source: string;
  readonly quantity: string;
  /** ms UTC, of what the file holds. */
  readonly from: number;
  readonly to: number;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  /** Recordings of the stretch whose bytes are gone or damaged: silence in the file. */
  readonly missing: number;
  /** A WAV file. */
  readonly wav: Buffer;
}

export interface SoundAsk {
  readonly range: Range | 'all';
  /** Exactly one, without `*`. */
  readonly sources: Patterns;
  /** At most one; none: `sound`. */
  readonly quantities: Patterns;
}

/** ms; to listen to, not to store. */
const longest = 10_000;
/** Of the answer's samples: what many channels at a high rate are shortened to. */
const mostBytes = 4 * 1024 * 1024;
/** Small enough to be read whole, and so with its checksum. */
const smallBytes = 1024 * 1024;
/** Enough for any header that comes before the samples. */
const headBytes = 64 * 1024;
/** A microphone that sends many times a second still makes fewer in ten seconds. */
const mostPieces = 1000;
/** ms; times of arrival jitter by this much, and nobody hears it. */
const seam = 100;

interface Row {
  readonly time: number;
  readonly key: string;
  readonly bytes: number;
}

type Format = Omit<Pcm, 'samples'>;

/** A stretch of one recording. */
interface Piece extends Pcm {
  /** ms UTC of its first sample. */
  readonly time: number;
}

/**
 * Recorded sound as one WAV file: what a source's recordings hold of the range, ten seconds and 4 MiB at most. Where
 * nothing was recorded it is silent.
 * @throws PerceptError `history-sound-source`, `history-sound-none`, `history-sound-file`, `bucket-…`
 */
export async function soundAnswer(db: Kysely<Database>, bucket: Bucket, ask: SoundAsk): Promise<SoundAnswer> {
  const source = theOne(ask.sources);
  const quantity = theOne(ask.quantities, 'sound');
  const { from, to } = stretchOf(ask.range);
  const rows = await recordingsIn(db, source, quantity, { from, to });
  const pieces: Piece[] = [];
  const problems: unknown[] = [];
  for (const row of rows) {
    try {
      const piece = await pieceOf(bucket, row, { from, to });
      if (piece && isSame(pieces[0] ?? piece, piece)) pieces.push(piece);
    } catch (thrown) {
      if (!isAboutTheObject(thrown)) throw thrown;
      problems.push(thrown);
    }
  }
  const [first] = pieces;
  if (first) {
    const pcm = joined(pieces, first);
    const frames = pcm.samples.length / frameOf(pcm);
    return {
      kind: 'sound',
      source,
      quantity,
      from: first.time,
      to: first.time + (1000 * frames) / pcm.sampleRate,
      sampleRate: pcm.sampleRate,
      channels: pcm.channels,
      missing: problems.length,
      wav: Buffer.concat([wavHeader(pcm), pcm.samples]),
    };
  }
  throw problems[0] ?? historyError('history-sound-none', { source, quantity, time: new Date(from).toISOString() });
}

function theOne(patterns: Patterns, otherwise?: string): string {
  const names = (typeof patterns === 'string' ? patterns.split(',') : patterns)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const name = names[0] ?? otherwise;
  if (name === undefined || names.length > 1 || name.includes('*'))
    throw historyError('history-sound-source', { found: names.join(', ') || '-' });
  return name;
}

function stretchOf(range: Range | 'all'): Range {
  if (range === 'all') throw historyError('history-range', { problem: 'sound needs a beginning' });
  return { from: range.from, to: Math.min(range.to, range.from + longest) };
}

/** Those that begin in the range, and the one before: it may reach into it. */
async function recordingsIn(db: Kysely<Database>, source: string, quantity: string, range: Range): Promise<Row[]> {
  const recordings = db
    .selectFrom('recording')
    .select(['time', 'key', 'bytes', 'meta'])
    .where('source', '=', source)
    .where('quantity', '=', quantity)
    .where('kind', '=', 'sound');
  const before = await recordings.where('time', '<=', range.from).orderBy('time', 'desc').limit(1).execute();
  const within = await recordings
    .where('time', '>', range.from)
    .where('time', '<', range.to)
    .orderBy('time')
    .limit(mostPieces)
    .execute();
  // PostgreSQL gives bigints as text
  return [...before.filter((row) => reaches(row, range.from)), ...within].map((row) => ({
    ...row,
    bytes: Number(row.bytes),
  }));
}

/** Unless it is known to end before. */
function reaches({ time, meta }: { time: number; meta: string }, from: number): boolean {
  const { seconds } = JSON.parse(meta) as { seconds?: number };
  return seconds === undefined || time + 1000 * seconds > from;
}

/** What a recording holds of the range; undefined: nothing. */
async function pieceOf(bucket: Bucket, row: Row, range: Range): Promise<Piece | undefined> {
  const whole = row.bytes <= smallBytes;
  const begin = whole ? await bucket.get(row.key) : await part(bucket, row.key, 0, headBytes);
  const head = whole ? wholeHead(begin, row.key) : readWavHead(begin, row.bytes, damaged(row.key));
  const frame = frameOf(head);
  const frames = Math.floor((head.end - head.start) / frame);
  const at = (time: number): number =>
    Math.min(frames, Math.max(0, Math.round(((time - row.time) * head.sampleRate) / 1000)));
  const [first, last] = [at(range.from), at(range.to)];
  if (last <= first) return undefined;
  const [start, end] = [head.start + first * frame, head.start + last * frame];
  const { sampleRate, channels, format } = head;
  const samples = whole ? begin.subarray(start, end) : await part(bucket, row.key, start, end - start);
  return { sampleRate, channels, format, samples, time: row.time + (1000 * first) / sampleRate };
}

function wholeHead(bytes: Buffer, key: string): WavHead {
  readWav(bytes, damaged(key));
  return readWavHead(bytes, bytes.length, damaged(key));
}

const damaged = (key: string) => (problem: string) => historyError('history-sound-file', { key, problem });

async function part(bucket: Bucket, key: string, start: number, length: number): Promise<Buffer> {
  const stream: Readable = await bucket.range(key, { start, end: start + Math.min(length, mostBytes) - 1 });
  return Buffer.concat(await stream.toArray());
}

/** One after the other; silence where something is missing. */
function joined(pieces: readonly Piece[], { sampleRate, channels, format, time }: Piece): Pcm {
  const frame = frameOf({ channels, format });
  const parts: Buffer[] = [];
  const most = Math.min(Math.floor(mostBytes / frame), Math.round((longest * sampleRate) / 1000));
  let [frames, left] = [0, most];
  const add = (bytes: Buffer): void => {
    const some = bytes.subarray(0, left * frame);
    parts.push(some);
    frames += some.length / frame;
    left -= some.length / frame;
  };
  for (const piece of pieces) {
    const missing = Math.round(((piece.time - time) * sampleRate) / 1000) - frames;
    if ((1000 * missing) / sampleRate > seam) add(Buffer.alloc(Math.min(missing, left) * frame));
    add(piece.samples);
  }
  return { sampleRate, channels, format, samples: Buffer.concat(parts) };
}

const frameOf = ({ channels, format }: Pick<Format, 'channels' | 'format'>): number =>
  channels * bytesPerSample[format];

function isSame(a: Format, b: Format): boolean {
  return a.sampleRate === b.sampleRate && a.channels === b.channels && a.format === b.format;
}

/** Of this one recording: the others may still be there. */
function isAboutTheObject(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code;
  return code === 'bucket-not-found' || code === 'bucket-corrupt' || code === 'history-sound-file';
}
