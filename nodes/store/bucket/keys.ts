import { createHash } from 'node:crypto';
import { bucketError } from './errors.js';

/** S3 takes 1,024 bytes, file systems 255 per name; the rest is room for a prefix and for the checksum's file. */
const keyBytes = 900;
const nameBytes = 240;
const sourceBytes = 180;
const sourceParts = 4;
/** What no file system, shell or URL stumbles over: letters and digits of every script, and a few marks. */
const odd = /[^\p{L}\p{M}\p{N}._=@+-]+/gu;
const forbidden = /[\p{Cc}\\<>:"|?*]/u;

export const checksumEnding = '.sha256';

/** @throws PerceptError `bucket-bad-key` for a key that could leave the bucket or that not every bucket can hold */
export function checkKey(key: string): string {
  const bad =
    key === '' ||
    Buffer.byteLength(key) > keyBytes ||
    forbidden.test(key) ||
    !key.isWellFormed() ||
    key !== key.normalize('NFC') ||
    key.endsWith(checksumEnding) ||
    key.split('/').some(badName);
  if (bad) throw bucketError('bucket-bad-key', { key: JSON.stringify(key.slice(0, 200)) });
  return key;
}

function badName(name: string): boolean {
  return name === '' || name.startsWith('.') || /[. ]$/.test(name) || Buffer.byteLength(name) > nameBytes;
}

export interface DatedKey {
  /** What it is: `frame`, `sound`, `backup`. */
  readonly kind: string;
  /** Any text; slashes make folders. */
  readonly source: string;
  /** When it was recorded. */
  readonly time: number;
  /** Without the dot. */
  readonly ext: string;
  /** Tells apart what one source recorded in one millisecond: a sequence number, or the head of the checksum. */
  readonly tag?: string | number;
}

/** `sound/plant/pump-1/2026/11/20/10-31-05.123-0.wav`: the same parts always give the same key, different sources never do. */
export function datedKey({ kind, source, time, ext, tag }: DatedKey): string {
  const at = new Date(Math.floor(time));
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getUTCFullYear(), two(at.getUTCMonth() + 1), two(at.getUTCDate())].join('/');
  const clock = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join('-');
  const ms = String(at.getUTCMilliseconds()).padStart(3, '0');
  const name = `${clock}.${ms}${tag === undefined ? '' : `-${safePath(String(tag))}`}`;
  return checkKey(`${safePath(kind)}/${safePath(source)}/${day}/${name}.${safePath(ext)}`);
}

/** `sha256/9f/9f86d0….jpg`: the same bytes always lie in the same place. @param sha256 lower-case hex */
export function contentKey(sha256: string, ext: string): string {
  return checkKey(`sha256/${sha256.slice(0, 2)}/${sha256}.${safePath(ext)}`);
}

/** Any text as a path of safe names; one that had to be changed carries a piece of its checksum, so that no two meet. */
function safePath(text: string): string {
  const names = text.normalize('NFC').toWellFormed().split('/');
  const deep = names.slice(sourceParts - 1).join('_');
  const parts = names.length > sourceParts ? [...names.slice(0, sourceParts - 1), deep] : names;
  const path = parts.map(safeName).join('/');
  if (path === text) return path;
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${path}~${mark}`;
}

function safeName(name: string): string {
  const plain = name.replace(odd, '_').replace(/^\.+/, '_').replace(/\.+$/, '_');
  return cut(plain, sourceBytes) || '_';
}

/** The longest beginning of `text` that takes at most `bytes` in UTF-8. */
function cut(text: string, bytes: number): string {
  let taken = '';
  let length = 0;
  for (const letter of text) {
    length += Buffer.byteLength(letter);
    if (length > bytes) break;
    taken += letter;
  }
  return taken;
}
