import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { GroupedLevel } from '../../dist/cli/grouped-level.js';

function levels(t: TestContext): () => GroupedLevel {
  const folder = mkdtempSync(join(tmpdir(), 'percept-level-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return () => new GroupedLevel(new ClassicLevel(folder, { valueEncoding: 'buffer' }));
}

describe('a database whose writes go in groups', () => {
  test('has what a write has resolved, and keeps the order of writes to one key', async (t) => {
    const open = levels(t);
    const level = open();
    await Promise.all([
      level.put('a', Buffer.from('1')),
      level.put('b', Buffer.from('2')),
      level.put('a', Buffer.from('3')),
      level.del('b'),
    ]);
    assert.equal((await level.get('a'))?.toString(), '3');
    assert.equal(await level.get('b'), undefined);
    const chained = level.batch();
    chained.del('a');
    await Promise.all([level.batch([{ type: 'put', key: 'c', value: Buffer.from('4') }]), chained.write()]);
    assert.deepEqual((await level.values({}).all()).map(String), ['4']);
    await level.close();
  });

  test('writes what waits before it closes', async (t) => {
    const open = levels(t);
    const level = open();
    await level.put('a', Buffer.from('1'));
    const late = level.put('b', Buffer.from('2'));
    await level.close();
    await late;
    const again = open();
    assert.deepEqual((await again.values({}).all()).map(String), ['1', '2']);
    await again.close();
  });

  test('refuses all of a group that could not be written', async (t) => {
    const level = levels(t)();
    await level.put('a', Buffer.from('1'));
    await level.close();
    const refused = await Promise.allSettled([level.put('b', Buffer.from('2')), level.del('a')]);
    assert.deepEqual(
      refused.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});
