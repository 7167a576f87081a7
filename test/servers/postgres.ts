import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { end, endsWithUs } from '../support/children.ts';
import { inMemory } from '../support/memory.ts';
import { freePorts } from '../support/ports.ts';
import { until } from '../support/until.ts';

export interface PostgresOptions {
  /** Also a streaming standby that can be promoted. */
  readonly standby?: boolean;
  /** The primary answers a commit only when the standby has it: then a promotion loses nothing. */
  readonly synchronous?: boolean;
  /** Writes reach the disk before a commit is answered; off by default, since a test's server may lose power. */
  readonly fsync?: boolean;
}

export interface PostgresServer {
  readonly user: string;
  readonly password: string;
  /** Of the primary, and of the standby where there is one. */
  readonly ports: readonly number[];
  /** A new, empty database; its URL names all hosts. Before a promotion only. */
  database(): Promise<string>;
  /** One statement on the primary, as its owner would by hand; what it prints. */
  psql(sql: string, database?: string): string;
  /** Ends the primary as a power cut would: nothing is flushed, connections break. */
  crash(): Promise<void>;
  /** Stops the primary in mid-work, as a disk does that answers no more: connections stay, and nobody is behind them. */
  hang(): void;
  goOn(): void;
  /** Starts the primary again after a crash. */
  restart(): Promise<void>;
  promote(): void;
  /** Leaves no process and no file. */
  stop(): Promise<void>;
}

const user = 'app';
const password = 'secret';

interface Place {
  readonly bin: string;
  /** Makes a database as servers before 15 did: by files, not by way of the log. */
  readonly copies: string;
  readonly dir: string;
  /** Servers refuse to run as root. */
  readonly as: { readonly uid?: number; readonly gid?: number };
}

/** A throw-away PostgreSQL on loopback, as an ordinary user. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const place = makePlace(options);
  const ports = await freePorts(options.standby ? 2 : 1);
  const [port = 0, standbyPort = 0] = ports;
  const servers: ChildProcess[] = [];
  const extra = [
    ...['-c', `fsync=${options.fsync ? 'on' : 'off'}`],
    ...(options.synchronous ? ['-c', 'synchronous_standby_names=*'] : []),
  ];

  copy(newCluster(place), join(place.dir, 'p'));
  let primary = await start(place, 'p', port, extra, servers);
  if (options.standby) {
    const from = ['-h', '127.0.0.1', '-p', String(port), '-U', user];
    run(place, 'pg_basebackup', [...from, '-D', 's', '-R', '-X', 'stream', '-C', '-S', 'standby', '-c', 'fast']);
    await start(place, 's', standbyPort, extra.slice(0, 2), servers);
  }
  let databases = 0;

  const psql = (sql: string, database = 'postgres') =>
    run(place, 'psql', ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', database, '-Atqc', sql]).trim();

  return {
    user,
    password,
    ports,
    psql,
    database: async () => {
      const name = `percept_${++databases}`;
      psql(`create database ${name}${place.copies}`);
      if (options.standby) await until(() => hasDatabase(place, standbyPort, name), { what: 'the standby to follow' });
      return `postgres://${user}:${password}@${ports.map((p) => `127.0.0.1:${p}`).join(',')}/${name}`;
    },
    crash: () => end(primary, 'SIGQUIT'),
    hang: () => signalAll(primary, 'SIGSTOP'),
    goOn: () => signalAll(primary, 'SIGCONT'),
    restart: async () => {
      primary = await start(place, 'p', port, extra, servers);
    },
    promote: () => {
      run(place, 'pg_ctl', ['promote', '-w', '-D', 's']);
    },
    stop: async () => {
      signalAll(primary, 'SIGCONT');
      await Promise.all(servers.map((server) => end(server, 'SIGQUIT')));
      rmSync(place.dir, { recursive: true, force: true });
    },
  };
}

function makePlace({ fsync = false }: PostgresOptions): Place {
  const dir = mkdtempSync(join(fsync ? tmpdir() : inMemory(), 'percept-pg-'));
  const bin = globSync('/usr/lib/postgresql/*/bin')
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  if (!bin) throw new Error('PostgreSQL is not installed: apt-get install --no-install-recommends postgresql');
  writeFileSync(join(dir, 'pw'), password);
  const copies = Number.parseInt(basename(dirname(bin)), 10) < 15 ? '' : ' strategy file_copy';
  if (process.getuid?.() !== 0) return { bin, copies, dir, as: {} };
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
  chownSync(dir, uid as number, gid as number);
  return { bin, copies, dir, as: { uid: uid as number, gid: gid as number } };
}

/** What initdb makes takes it longer than many a test; it is kept beside the packages, and each server gets a copy. */
function newCluster(place: Place): string {
  const version = basename(dirname(place.bin));
  // only its owner may read it
  const owner = place.as.uid ?? userInfo().uid;
  const kept = join(import.meta.dirname, '../../node_modules/.cache', `postgres-${version}-${owner}`);
  if (existsSync(kept)) return kept;
  const made = join(place.dir, 'new');
  const access = ['-U', user, '--pwfile=pw', '-A', 'scram-sha-256'];
  run(place, 'initdb', ['-D', 'new', ...access, '-E', 'UTF8', '--locale=C', '-N']);
  mkdirSync(dirname(kept), { recursive: true });
  const whole = mkdtempSync(`${kept}-`);
  copy(made, join(whole, 'p'));
  try {
    renameSync(join(whole, 'p'), kept);
  } catch (thrown) {
    // somebody else was first
    if (!existsSync(kept)) throw thrown;
  }
  rmSync(whole, { recursive: true, force: true });
  rmSync(made, { recursive: true });
  return kept;
}

/** With owner and rights. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function environment(place: Place): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: place.dir, LC_ALL: 'C', PGPASSWORD: password };
}

function run(place: Place, program: string, args: readonly string[]): string {
  return execFileSync(join(place.bin, program), args, {
    cwd: place.dir,
    env: environment(place),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...place.as,
  });
}

async function start(
  place: Place,
  data: string,
  port: number,
  extra: readonly string[],
  servers: ChildProcess[],
): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${place.dir}`,
    'shared_buffers=32MB',
    'max_wal_senders=4',
    'wal_keep_size=64MB',
  ];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one]), ...extra];
  const server = spawn(join(place.bin, 'postgres'), args, {
    cwd: place.dir,
    env: environment(place),
    stdio: 'ignore',
    ...place.as,
  });
  endsWithUs(server, 'SIGQUIT');
  servers.push(server);
  await until(() => answers(place, port), { ms: 20_000, what: `PostgreSQL on port ${port}` });
  return server;
}

function answers(place: Place, port: number): boolean {
  run(place, 'pg_isready', ['-h', '127.0.0.1', '-p', String(port)]);
  return true;
}

function hasDatabase(place: Place, port: number, name: string): boolean {
  const sql = `select 1 from pg_database where datname = '${name}'`;
  const args = ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', 'postgres', '-Atqc', sql];
  return run(place, 'psql', args).trim() === '1';
}

/** To the server, which then makes no more of them, and to its processes. */
function signalAll(server: ChildProcess, signal: NodeJS.Signals): void {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill(signal);
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  for (const pid of children.split(' ').filter(Boolean)) {
    try {
      process.kill(Number(pid), signal);
    } catch (thrown) {
      // its connection was closed just now
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  }
}
