import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { range, row, rows, TestOutbox, values } from '../support/outbox.ts';

describe('an outbox that is full', () => {
  let file: TestOutbox;

  beforeEach(() => {
    file = new TestOutbox({ maxReadings: 100 });
  });
  afterEach(() => file.remove());

  test('lets the oldest go and counts them, also over a restart', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 80));
    await outbox.append(rows(80, 80));
    assert.equal(outbox.figures.waiting, 100);
    assert.equal(outbox.figures.went, 60);
    const again = await file.open();
    assert.equal(again.figures.went, 60);
    assert.equal(again.figures.oldest, row(60).time);
    assert.deepEqual(values(await again.next(50)), range(60, 110));
  });

  test('lets the newest go where that is chosen', async () => {
    const outbox = await file.open({ policy: 'newest' });
    await outbox.append(rows(0, 80));
    await outbox.append(rows(80, 80));
    assert.equal(outbox.figures.went, 60);
    assert.deepEqual([...values(await outbox.next(50))], range(0, 50));
  });

  test('refuses new ones where that is chosen, and keeps all it has', async () => {
    const outbox = await file.open({ policy: 'refuse' });
    await outbox.append(rows(0, 100));
    await assert.rejects(outbox.append([row(100)]), { code: 'gateway-full' });
    assert.equal(outbox.figures.went, 0);
    outbox.sent(await outbox.next(10));
    await outbox.append([row(100)]);
    assert.equal(outbox.figures.waiting, 91);
  });

  test('lets what matters least go first', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 50, { source: 'dull', priority: 1 }));
    await outbox.append(rows(0, 40, { source: 'vital', priority: 9 }));
    await outbox.append(rows(100, 50, { source: 'usual', priority: 5 }));
    const kept = [...(await outbox.next(50))];
    outbox.sent(kept);
    kept.push(...(await outbox.next(50)));
    const of = (source: string): number => kept.filter((one) => one.source === source).length;
    assert.deepEqual([of('dull'), of('usual'), of('vital')], [10, 50, 40]);
  });

  test('lets a reading go that matters less than all that wait, rather than one of those', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 100, { priority: 9 }));
    await outbox.append([row(1000, { source: 'dull', priority: 0 })]);
    assert.equal(outbox.figures.went, 1);
    assert.deepEqual(values(await outbox.next(50)), range(0, 50));
  });

  test('never lets go of what is on its way', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 100));
    const onItsWay = await outbox.next(40);
    await outbox.append(rows(100, 100));
    outbox.release();
    assert.deepEqual(values(onItsWay), range(0, 40));
    assert.deepEqual(values(await outbox.next(40)), range(0, 40));
    assert.deepEqual(values(await outbox.next(1)), [140]);
  });

  test('stays within its bytes on disk, whatever comes', async () => {
    const maxBytes = 1024 * 1024;
    const outbox = await file.open({ maxReadings: 1_000_000_000, maxBytes });
    for (let i = 0; i < 60; i++)
      await outbox.append(rows(i * 1000, 1000, { source: `pump-${i % 7}`, priority: i % 3 }));
    const { bytes, waiting, went, accepted } = outbox.figures;
    assert.ok(bytes <= maxBytes, `${bytes} bytes`);
    assert.ok(statSync(file.path).size <= maxBytes * 1.25, `${statSync(file.path).size} bytes in the file`);
    assert.ok(waiting > 5_000, `${waiting} waiting`);
    assert.equal(waiting + went, accepted);
  });

  test('takes over an outbox that holds more than it may now', async () => {
    await (await file.open({ maxReadings: 50_000 })).append(rows(0, 30_000));
    const outbox = await file.open();
    await outbox.append([row(30_000)]);
    assert.deepEqual(outbox.figures.waiting, 100);
    assert.equal(outbox.figures.went, 29_901);
  });
});
