import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { endsWithUs } from '../support/children.ts';
import { noCompiler, PowerCut } from '../support/power-cut.ts';

/** Commits a row after the other and says so, until it is killed; written past Node's stdout, which would queue for ever. */
const program = (path: string, synchronous: string): string => `
  const { writeSync } = require('node:fs');
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(${JSON.stringify(path)});
  db.exec('pragma journal_mode = wal; pragma synchronous = ${synchronous}; create table if not exists t (n integer)');
  for (let n = 1; ; n++) { db.exec('insert into t values (' + n + ')'); writeSync(1, n + '\\n'); }`;

/** @returns rows that were said to be committed and are not there after the cut */
async function lost(synchronous: 'full' | 'off'): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'percept-pc-'));
  const power = new PowerCut(folder);
  const path = join(folder, 'test.sqlite');
  try {
    const env = { ...process.env, ...power.env };
    const args = ['-e', program(path, synchronous)];
    const child = endsWithUs(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] }));
    const exited = once(child, 'exit');
    const said: { readonly n: number; readonly position: number }[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      const n = Number(chunk.toString().trim().split('\n').at(-1));
      said.push({ n, position: power.position });
      if (n > 200) child.kill('SIGKILL');
    });
    await exited;
    const { position } = power.cut();
    const committed = said.filter((one) => one.position <= position).at(-1)?.n ?? 0;
    const db = new DatabaseSync(path);
    const rows = Number(db.prepare('select count(*) as n from t').get()?.['n']);
    const check = db.prepare('pragma integrity_check').get();
    db.close();
    if (synchronous === 'full') assert.deepEqual({ ...check }, { integrity_check: 'ok' });
    return Math.max(0, committed - rows);
  } finally {
    power.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a power cut as it is played', { skip: noCompiler() }, () => {
  test('takes nothing that was synced', async () => {
    for (let i = 0; i < 5; i++) assert.equal(await lost('full'), 0);
  });

  test('takes what was committed and not synced', async () => {
    assert.ok((await lost('off').catch(() => 1)) > 0);
  });
});
