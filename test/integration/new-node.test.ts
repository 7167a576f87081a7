import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../support/node-red.ts';

const script = join(root, 'scripts/new.mjs');

test('npm run new makes a node that builds, in both languages, with an example and a test that fails', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-new-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ 'node-red': { nodes: {} } }));
  execFileSync(process.execPath, [script, 'sensor/gauge'], { env: { ...process.env, PERCEPT_NEW_ROOT: folder } });

  for (const file of [
    'gauge.ts',
    'gauge.html',
    'locales/en-US/gauge.json',
    'locales/ko/gauge.json',
    'locales/en-US/gauge.html',
    'locales/ko/gauge.html',
  ]) {
    assert.ok(existsSync(join(folder, 'nodes/sensor/gauge', file)), file);
  }
  assert.equal(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))['node-red'].nodes.gauge,
    'dist/sensor/gauge/gauge.js',
  );
  assert.match(readFileSync(join(folder, 'examples/gauge - first steps.json'), 'utf8'), /"type": "percept-gauge"/);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const failing = spawnSync(process.execPath, ['--test', join(folder, 'test/unit/gauge.test.ts')], { env });
  assert.equal(failing.status, 1);
});

test('npm run new refuses what is there already, and names that are none', () => {
  assert.equal(spawnSync(process.execPath, [script, 'sensor/history']).status, 1);
  assert.equal(spawnSync(process.execPath, [script, '../etc']).status, 2);
});
