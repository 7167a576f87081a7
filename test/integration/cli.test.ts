import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { percept } from '../support/cli.ts';
import { root } from '../support/node-red.ts';

function folder(t: { after: (clean: () => void) => void }): string {
  const path = mkdtempSync(join(tmpdir(), 'percept-cli-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('percept alone tells its commands', async () => {
  const { status, stdout } = await percept([]);
  assert.equal(status, 0);
  for (const command of ['demo', 'backup', 'restore', 'doctor']) assert.match(stdout, new RegExp(`percept ${command}`));
});

test('whoever reads along may stop, as head does', async () => {
  const child = spawn('sh', ['-c', '"$0" "$1" doctor | true', process.execPath, join(root, 'dist/cli/percept.js')]);
  let told = '';
  child.stderr.on('data', (data) => {
    told += data;
  });
  await once(child, 'close');
  assert.equal(told, '');
});

test('an unknown command or option is named', async () => {
  const unknown = await percept(['dance']);
  assert.deepEqual([unknown.status, /no command "dance"/.test(unknown.stderr)], [2, true]);
  const option = await percept(['demo', '--colour']);
  assert.deepEqual([option.status, /--colour/.test(option.stderr)], [1, true]);
});

test('a port that is taken is named, with another to try', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { status, stderr } = await percept(['demo', '--port', String(port), '--user-dir', join(folder(t), 'user')]);
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`Port ${port} is already in use.*--port ${port + 1}`));
});

test('a user directory that cannot be made is named', async (t) => {
  const file = join(folder(t), 'file');
  writeFileSync(file, '');
  const { status, stderr } = await percept(['demo', '--port', '0', '--user-dir', join(file, 'user')]);
  assert.equal(status, 1);
  assert.match(stderr, /cannot be written.*--user-dir DIR/);
});

test('--fresh never deletes a directory that the demo has not made', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'thesis.txt'), 'years of work');
  const { status, stderr } = await percept(['demo', '--fresh', '--port', '0', '--user-dir', path]);
  assert.equal(status, 1);
  assert.match(stderr, /would delete them/);
});

test('messages come in Korean where the system is', async () => {
  const { stderr } = await percept(['demo', '--port', 'x'], { env: { LANG: 'ko_KR.UTF-8' } });
  assert.match(stderr, /옵션을 확인하세요/);
});
