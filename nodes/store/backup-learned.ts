import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline as piped, Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { backupError } from './backup-errors.js';
import { backupKey } from './backup-manifest.js';
import { packedEnding, packer, packing, unpacker } from './backup-packing.js';
import type { Bucket } from './bucket/bucket.js';
import { absent } from './bucket/folder-files.js';

/** What nodes keep of what they learned, in the user directory's folder `percept`. */
const learnedFolders = /^(models|learn|anomaly|outlier-[^/]*)$/;
/** What is being written, or was set aside. */
const passing = /\.(new|part|damaged)$|(^|\/)\.percept-/;
/** Says which version is used: before the versions, so that the one it names is among them. */
const first = 'live.json';
const chunk = 1 << 20;

const Piece = Type.Object({
  path: Type.String({ minLength: 1 }),
  /** Base64; the file has all its pieces in their order. */
  data: Type.String(),
  /** With the last one, of the whole file. */
  sha256: Type.Optional(Type.String()),
});
type Piece = Static<typeof Piece>;

/** Which backup of which store it belongs to. */
export interface Backup {
  readonly name: string;
  readonly time: number;
}

/**
 * What was learned on this box goes along with a backup of its store. Each file is written beside and renamed by who owns
 * it, so that it is whole at any moment.
 * @returns how many files
 * @throws PerceptError `bucket-…`
 */
export async function backUpLearned(userDir: string, bucket: Bucket, backup: Backup): Promise<number> {
  const root = join(userDir, 'percept');
  const paths = await learnedIn(root);
  if (paths.length === 0) return 0;
  let files = 0;
  const lines = async function* (): AsyncGenerator<Buffer> {
    for (const path of paths) {
      let last: Piece | undefined;
      for await (const piece of piecesOf(root, path)) {
        yield Buffer.from(`${JSON.stringify(piece)}\n`);
        last = piece;
      }
      if (last) files++;
    }
  };
  // the bucket sees every error of the way
  await bucket.put(
    keyOf(backup, packing),
    piped(Readable.from(lines()), packer(), () => undefined),
  );
  return files;
}

export interface Learned {
  readonly restored: number;
  /** Files that are there and were left as they are. */
  readonly left: number;
}

/**
 * Puts back what was learned. What is there stays, unless `force` says that it is to be as it was.
 * @throws PerceptError `backup-damaged`, `bucket-…`
 */
export async function restoreLearned(userDir: string, bucket: Bucket, backup: Backup, force = false): Promise<Learned> {
  const root = resolve(userDir, 'percept');
  const how = (await bucket.head(keyOf(backup, 'zstd')).catch(notFound)) ? 'zstd' : 'gzip';
  const key = keyOf(backup, how);
  const packed = await bucket.stream(key).catch(notFound);
  if (!packed) return { restored: 0, left: 0 };
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(root, '.percept-restore-'));
  try {
    const unpacked = piped(packed, unpacker(how, key), () => undefined);
    const fetched = await filesFrom(unpacked, folder, key);
    let [restored, left] = [0, 0];
    for (const { path, file } of fetched) {
      const target = resolve(root, path);
      if (!force && existsSync(target)) {
        left++;
        continue;
      }
      await mkdir(dirname(target), { recursive: true });
      await rename(file, target);
      restored++;
    }
    return { restored, left };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything is fetched and checked before anything is put in its place. */
async function filesFrom(source: Readable, folder: string, key: string): Promise<{ path: string; file: string }[]> {
  const files: { path: string; file: string }[] = [];
  const damaged = (detail: string, cause?: unknown): Error => backupError('backup-damaged', { key, detail }, { cause });
  let target: FileHandle | undefined;
  let hash = createHash('sha256');
  try {
    for await (const line of linesOf(source)) {
      const piece = pieceIn(line);
      if (!piece || !isLearned(piece.path)) throw damaged('what was learned in it is not of Percept');
      const file = join(folder, String(files.length));
      target ??= await open(file, 'w', 0o640);
      const bytes = Buffer.from(piece.data, 'base64');
      hash.update(bytes);
      await target.write(bytes);
      if (piece.sha256 === undefined) continue;
      if (hash.digest('hex') !== piece.sha256) throw damaged(`${piece.path} is not what was backed up`);
      await target.sync();
      await target.close();
      target = undefined;
      hash = createHash('sha256');
      files.push({ path: piece.path, file });
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    throw /^(Z_|ZSTD_|ERR_ZLIB)/.test(code) ? damaged(code, thrown) : thrown;
  } finally {
    await target?.close();
  }
  if (target) throw damaged('it ends in the middle of a file');
  return files;
}

async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of source.setEncoding('utf8') as AsyncIterable<string>) {
    const [head = '', ...more] = text.split('\n');
    rest += head;
    for (const next of more) {
      yield rest;
      rest = next;
    }
  }
  if (rest !== '') yield rest;
}

async function* piecesOf(root: string, path: string): AsyncGenerator<Piece> {
  const hash = createHash('sha256');
  let waiting: Buffer | undefined;
  try {
    for await (const bytes of createReadStream(join(root, path), { highWaterMark: chunk }) as AsyncIterable<Buffer>) {
      if (waiting) yield { path, data: waiting.toString('base64') };
      hash.update(bytes);
      waiting = bytes;
    }
  } catch (thrown) {
    // an old version that was removed meanwhile
    if (waiting === undefined && (thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  yield { path, data: (waiting ?? Buffer.alloc(0)).toString('base64'), sha256: hash.digest('hex') };
}

/** Relative to `root`, with slashes. */
async function learnedIn(root: string): Promise<string[]> {
  const found = (await readdir(root, { recursive: true, withFileTypes: true }).catch(absent)) ?? [];
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isLearned)
    .sort((a, b) => Number(basename(b) === first) - Number(basename(a) === first) || (a < b ? -1 : 1));
}

function isLearned(path: string): boolean {
  const [folder = '', ...rest] = path.split('/');
  return learnedFolders.test(folder) && rest.length > 0 && !rest.includes('..') && !passing.test(path);
}

function pieceIn(line: string): Piece | undefined {
  try {
    const piece: unknown = JSON.parse(line);
    return Value.Check(Piece, piece) ? piece : undefined;
  } catch {
    return undefined;
  }
}

function keyOf({ name, time }: Backup, how: keyof typeof packedEnding): string {
  return backupKey(name, time, `learned.${packedEnding[how]}`);
}

function notFound(thrown: unknown): undefined {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'bucket-not-found') return undefined;
  throw thrown;
}
