import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** What power-cut.c writes. */
const ops = ['', 'write', 'sync', 'truncate', 'create', 'unlink', 'rename'] as const;

interface Entry {
  readonly op: (typeof ops)[number];
  readonly path: string;
  readonly offset: number;
  readonly data: Buffer;
  /** Its end in the journal. */
  readonly end: number;
}

export interface Cut {
  /** Writes that were lost or torn. */
  readonly lost: number;
  /** What was said to be safe at this position or before must be there. */
  readonly position: number;
}

interface Inode {
  /** As the disk has it for sure. */
  durable: Buffer;
  /** Since the last sync, in order. */
  pending: Entry[];
}

interface Naming {
  readonly name: string;
  readonly inode: Inode | undefined;
}

const sector = 512;
/** Writes and syncs. */
const shortly = 60;

/**
 * Plays a power cut to what one process has written below a folder. What was synced before is kept; each later write is kept,
 * lost or torn at sectors, by chance; a name made or taken away is kept up to some point unless its folder was synced.
 */
export class PowerCut {
  readonly folder: string;
  readonly #dir = mkdtempSync(join(tmpdir(), 'percept-pc-'));
  #before = new Map<string, Buffer>();

  /** @param folder without folders in it */
  constructor(folder: string) {
    this.folder = folder;
    this.begin();
  }

  /** For the process whose writes are watched. */
  get env(): Record<string, string> {
    return { LD_PRELOAD: library(), POWER_CUT_FOLDER: this.folder, POWER_CUT_JOURNAL: this.#journal };
  }

  /** Before the process starts: what is there now is safe. */
  begin(): void {
    rmSync(this.#journal, { force: true });
    const names = readdirSync(this.folder);
    this.#before = new Map(names.map((name) => [name, readFileSync(join(this.folder, name))]));
  }

  /** How much has been noted: what happens later has a higher one. */
  get position(): number {
    return existsSync(this.#journal) ? statSync(this.#journal).size : 0;
  }

  /**
   * After the process was killed: the folder becomes what a disk might have kept at some moment shortly before. Moments are
   * chosen among writes and syncs, not on the clock: most of the time nothing is being written.
   */
  cut(chance: () => number = Math.random): Cut {
    const entries = [...this.#entries()];
    const kept = entries.slice(0, Math.max(1, entries.length - Math.floor(chance() * shortly)));
    const disk = new PlayedDisk(this.#before);
    for (const entry of kept) disk.play(entry);
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name));
    const { files, lost } = disk.cut(chance);
    for (const [name, bytes] of files) writeFileSync(join(this.folder, name), bytes);
    return { lost, position: kept.at(-1)?.end ?? 0 };
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  get #journal(): string {
    return join(this.#dir, 'journal');
  }

  *#entries(): Iterable<Entry> {
    if (!existsSync(this.#journal) || statSync(this.#journal).size === 0) throw new Error('Nothing was journaled.');
    const bytes = readFileSync(this.#journal);
    for (let at = 0; at + 24 <= bytes.length; ) {
      const op = ops[bytes.readUInt32LE(at)] ?? '';
      const pathLength = bytes.readUInt32LE(at + 4);
      const offset = Number(bytes.readBigUInt64LE(at + 8));
      const dataLength = op === 'write' || op === 'rename' ? Number(bytes.readBigUInt64LE(at + 16)) : 0;
      const data = at + 24 + pathLength;
      at = data + dataLength;
      // the kill came in the middle of noting it
      if (at > bytes.length) return;
      yield {
        op,
        path: bytes.toString('utf8', data - pathLength, data),
        offset,
        data: bytes.subarray(data, at),
        end: at,
      };
    }
  }
}

let compiled: string | undefined;

/** What notes the writes; for all power cuts of this process. */
function library(): string {
  if (compiled) return compiled;
  const folder = mkdtempSync(join(tmpdir(), 'percept-pc-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const made = join(folder, 'power-cut.so');
  const source = join(import.meta.dirname, 'power-cut.c');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', made, source, '-ldl', '-lpthread']);
  compiled = made;
  return made;
}

class PlayedDisk {
  readonly #live = new Map<string, Inode>();
  readonly #durable: Map<string, Inode>;
  #namings: Naming[] = [];

  constructor(before: ReadonlyMap<string, Buffer>) {
    for (const [name, bytes] of before) this.#live.set(name, { durable: bytes, pending: [] });
    this.#durable = new Map(this.#live);
  }

  play(entry: Entry): void {
    const name = basename(entry.path);
    // it is made anew from the log whenever a database is opened first
    if (name.endsWith('-shm')) return;
    const inode = this.#live.get(name);
    switch (entry.op) {
      case 'create':
        this.#name(name, { durable: Buffer.alloc(0), pending: [] });
        break;
      case 'unlink':
        this.#name(name, undefined);
        break;
      case 'rename':
        this.#name(basename(entry.data.toString()), inode);
        this.#name(name, undefined);
        break;
      case 'sync':
        if (inode) settle(inode);
        else this.#syncNames();
        break;
      default:
        inode?.pending.push(entry);
    }
  }

  cut(chance: () => number): { files: Map<string, Buffer>; lost: number } {
    this.#namings.length = Math.floor(chance() * (this.#namings.length + 1));
    this.#syncNames();
    const files = new Map<string, Buffer>();
    let lost = 0;
    for (const [name, { durable, pending }] of this.#durable) {
      let bytes = durable;
      for (const entry of pending) {
        const fate = chance();
        if (fate > 1 / 3) lost++;
        if (fate < 1 / 3) bytes = applied(bytes, entry);
        else if (fate < 2 / 3) for (const part of torn(entry, chance)) bytes = applied(bytes, part);
      }
      files.set(name, bytes);
    }
    return { files, lost };
  }

  #name(name: string, inode: Inode | undefined): void {
    if (inode) this.#live.set(name, inode);
    else this.#live.delete(name);
    this.#namings.push({ name, inode });
  }

  #syncNames(): void {
    for (const { name, inode } of this.#namings) {
      if (inode) this.#durable.set(name, inode);
      else this.#durable.delete(name);
    }
    this.#namings = [];
  }
}

function settle(inode: Inode): void {
  for (const entry of inode.pending) inode.durable = applied(inode.durable, entry);
  inode.pending = [];
}

function applied(bytes: Buffer, { op, offset, data }: Entry): Buffer {
  const length = op === 'truncate' ? offset : Math.max(bytes.length, offset + data.length);
  const after = Buffer.alloc(length);
  bytes.copy(after, 0, 0, Math.min(bytes.length, length));
  data.copy(after, op === 'truncate' ? 0 : offset);
  return after;
}

/** Some of its sectors. */
function torn(entry: Entry, chance: () => number): Entry[] {
  if (entry.op !== 'write') return [];
  const parts: Entry[] = [];
  for (let from = 0; from < entry.data.length; ) {
    const to = Math.min(entry.data.length, from + sector - ((entry.offset + from) % sector));
    if (chance() < 0.5) parts.push({ ...entry, offset: entry.offset + from, data: entry.data.subarray(from, to) });
    from = to;
  }
  return parts;
}

/** For a test's `skip` option. */
export function noCompiler(): string | false {
  const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'cc')));
  return found ? false : 'needs a C compiler (apt-get install --no-install-recommends gcc libc6-dev)';
}
