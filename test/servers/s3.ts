import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../dist/store/bucket/s3-client.js';
import { freePorts } from '../support/ports.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

export interface S3Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A key that `aws:kms` encryption can name. */
  readonly kmsKey: string;
  readonly client: S3Client;
  /** Creates a bucket of this name. @param lock with Object Lock, which brings versions */
  create(name: string, lock?: boolean): Promise<S3Settings>;
  stop(): Promise<void>;
}

/** A real S3 service on loopback: one ceph monitor, one store in memory, one radosgw. Up in 3 to 4 s; gone with the test. */
export async function startS3(): Promise<S3Server> {
  const dir = await mkdtemp(join(tmpdir(), 's3-'));
  const [mon = 0, rgw = 0] = await freePorts(2);
  const servers: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(end));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await cluster(dir, mon, rgw, servers);
    const endpoint = `http://127.0.0.1:${rgw}`;
    await until(() => fetch(endpoint), { ms: 30_000, what: 'radosgw to answer' });
    const credentials = { accessKeyId: 'tests', secretAccessKey: 'testsecret' };
    await admin(
      dir,
      'radosgw-admin',
      '-n',
      'client.rgw',
      'user',
      'create',
      '--uid',
      'tests',
      '--display-name',
      'tests',
    )('--access-key', credentials.accessKeyId, '--secret-key', credentials.secretAccessKey);
    return serving(endpoint, credentials, stop);
  } catch (thrown) {
    const told = await Promise.all(
      ['mon', 'osd', 'rgw'].map((name) => readFile(join(dir, `${name}.out`), 'utf8').catch(String)),
    );
    await stop();
    throw new Error(`ceph did not start:\n${told.map((text) => text.slice(-2000)).join('\n')}`, { cause: thrown });
  }
}

function serving(endpoint: string, credentials: S3Server['credentials'], stop: () => Promise<void>): S3Server {
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
  return {
    endpoint,
    credentials,
    client,
    kmsKey: 'testkey',
    async create(name, lock = false) {
      await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: lock }));
      return { bucket: name, endpoint, credentials, pathStyle: true };
    },
    async stop() {
      client.destroy();
      await stop();
    },
  };
}

async function cluster(dir: string, mon: number, rgw: number, servers: ChildProcess[]): Promise<void> {
  const fsid = randomUUID();
  const osd = randomUUID();
  await Promise.all(['mon', 'osd', 'rgw'].map((name) => mkdir(join(dir, name))));
  await writeFile(join(dir, 'ceph.conf'), configuration(dir, fsid, mon, rgw));
  const keyring = join(dir, 'keyring');
  await admin(dir, 'ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.')('--cap', 'mon', 'allow *');
  for (const who of ['client.admin', 'client.rgw', 'osd.0']) {
    await admin(dir, 'ceph-authtool', keyring, '--gen-key', '-n', who)(
      '--cap',
      'mon',
      'allow *',
      '--cap',
      'osd',
      'allow *',
    );
  }
  const map = join(dir, 'monmap');
  const address = `[v2:127.0.0.1:${mon}/0]`;
  await admin(dir, 'monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address)('--enable-all-features', map);
  await admin(dir, 'ceph-mon', '-i', 'a', '--mkfs', '--monmap', map)('--keyring', keyring);
  servers.push(server(dir, 'mon', 'ceph-mon', '-f', '-i', 'a'));
  await admin(dir, 'ceph', 'osd', 'new', osd)();
  await admin(dir, 'ceph-osd', '-i', '0', '--mkfs')('--osd-uuid', osd);
  servers.push(server(dir, 'osd', 'ceph-osd', '-f', '-i', '0'));
  servers.push(server(dir, 'rgw', 'radosgw', '-f', '-n', 'client.rgw'));
}

function admin(dir: string, command: string, ...first: string[]) {
  return async (...more: string[]): Promise<void> => {
    await run(command, [...first, ...more], { env: environment(dir), timeout: 30_000 });
  };
}

/** Ends with this process, whichever way that ends: its guard waits for a pipe to close. */
function server(dir: string, name: string, ...command: string[]): ChildProcess {
  const log = openSync(join(dir, `${name}.out`), 'a');
  const guard = '"$@" </dev/null & child=$!; cat >/dev/null; kill -9 $child; wait $child';
  return spawn('/bin/sh', ['-c', guard, 'guard', ...command], { env: environment(dir), stdio: ['pipe', log, log] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}

function environment(dir: string): NodeJS.ProcessEnv {
  return { ...process.env, CEPH_CONF: join(dir, 'ceph.conf') };
}

function configuration(dir: string, fsid: string, mon: number, rgw: number): string {
  const kmsKey = Buffer.alloc(32, 7).toString('base64');
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${mon}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
keyring = ${dir}/keyring
run dir = ${dir}
admin socket =
log file = ${dir}/$name.log
crash dir = ${dir}
paxos propose interval = 0.05
paxos min wait = 0.01
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
[mon.a]
mon data = ${dir}/mon
[osd.0]
osd data = ${dir}/osd
[client.rgw]
rgw data = ${dir}/rgw
rgw frontends = beast endpoint=127.0.0.1:${rgw} tcp_nodelay=1
rgw run sync thread = false
# encryption over plain http, for tests only
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = testkey=${kmsKey}
`;
}
