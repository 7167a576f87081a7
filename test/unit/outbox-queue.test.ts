import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { handedOut, range, row, rows, TestOutbox, values } from '../support/outbox.ts';
import { until } from '../support/until.ts';

describe('an outbox', () => {
  let file: TestOutbox;

  beforeEach(() => {
    file = new TestOutbox();
  });
  afterEach(() => file.remove());

  test('gives out what it took in, in order, each field as it was', async () => {
    const outbox = await file.open();
    const odd = row(1, {
      source: '공장/펌프 "1"',
      unit: '',
      value: 0.1 + 0.2,
      time: 1_700_000_000_000.125,
      sequence: 7,
    });
    await outbox.append([row(0), odd, row(2, { value: -1.7976931348623157e308 })]);
    const kept = await outbox.next(10);
    assert.deepEqual(values(kept), [0, 0.1 + 0.2, -1.7976931348623157e308]);
    const { id: _, epoch: __, ...second } = kept[1] ?? {};
    const { priority: ___, ...given } = odd;
    assert.deepEqual(second, given);
  });

  test('keeps what it has after it was closed and opened again, and goes on numbering', async () => {
    await (await file.open()).append(rows(0, 300));
    const outbox = await file.open();
    await outbox.append(rows(300, 300));
    assert.deepEqual(values(await handedOut(outbox)), range(0, 600));
    assert.equal(outbox.figures.accepted, 600);
  });

  test('gives nothing out twice, until it is released', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 10));
    assert.deepEqual(values(await outbox.next(4)), range(0, 4));
    assert.deepEqual(values(await outbox.next(4)), range(4, 8));
    assert.equal(outbox.ahead, 2);
    outbox.release();
    assert.equal(outbox.ahead, 10);
    assert.deepEqual(values(await outbox.next(4)), range(0, 4));
  });

  test('removes what was sent, also from the file', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 10));
    outbox.sent(await outbox.next(4));
    assert.equal(outbox.figures.waiting, 6);
    assert.equal(outbox.figures.sent, 4);
    const again = await file.open();
    assert.deepEqual(values(await again.next(10)), range(4, 10));
    assert.deepEqual({ waiting: again.figures.waiting, sent: again.figures.sent }, { waiting: 6, sent: 4 });
  });

  test('writes what comes within a moment in one go, and is done with all of it at once', async () => {
    const outbox = await file.open({ groupMs: 30 });
    const done: number[] = [];
    const all = range(0, 50).map((n) => outbox.append([row(n)]).then(() => done.push(n)));
    await until(() => done.length > 0);
    assert.equal(done.length, 50);
    await Promise.all(all);
  });

  test('keeps a repeat once and counts it', async () => {
    const outbox = await file.open();
    await outbox.append([row(1), row(2), row(1)]);
    await outbox.append([row(2), row(3)]);
    assert.deepEqual(values(await outbox.next(10)), [1, 2, 3]);
    assert.equal(outbox.figures.repeated, 2);
  });

  test('numbers readings without a time, so that two of one instant are two, for good', async () => {
    const timeless = row(0, { sequence: undefined });
    await (await file.open()).append([timeless, timeless]);
    const outbox = await file.open();
    await outbox.append([timeless]);
    const kept = await handedOut(outbox);
    assert.equal(new Set(kept.map(({ sequence }) => sequence)).size, 3);
  });

  test('puts a reading among the dead letters when told to, and the rest stays in order', async () => {
    const outbox = await file.open();
    await outbox.append(rows(0, 3));
    const [first] = await outbox.next(1);
    assert.ok(first);
    await outbox.letter(first, 'packet too large (149)');
    outbox.release();
    assert.deepEqual(values(await outbox.next(10)), [1, 2]);
    assert.equal(outbox.figures.letters, 1);
  });

  test('commits what is pending before it closes, and takes nothing in after', async () => {
    const outbox = await file.open({ groupMs: 60_000 });
    const taken = outbox.append(rows(0, 5));
    const closed = outbox.close();
    await assert.rejects(outbox.append([row(9)]), { code: 'gateway-closing' });
    await Promise.all([taken, closed]);
    const again = await file.open();
    assert.equal(again.figures.waiting, 5);
  });

  test('refuses rather than fill the memory when the disk is too slow', async () => {
    const outbox = await file.open({ groupCount: 10_000, groupMs: 60_000 });
    const first = outbox.append(rows(0, 9_000));
    const more = range(1, 6).map((i) => outbox.append(rows(i * 20_000, 20_000)));
    const results = await Promise.allSettled(more);
    assert.ok(results.some((r) => r.status === 'rejected' && r.reason.code === 'gateway-busy'));
    await first;
  });

  test('keeps readings of thousands of names that come only once', async () => {
    const outbox = await file.open();
    for (let i = 0; i < 30; i++) await outbox.append(range(0, 500).map((n) => row(n, { source: `s-${i}-${n}` })));
    assert.equal(outbox.figures.waiting, 15_000);
    while (outbox.figures.waiting > 0) outbox.sent(await outbox.next(5_000));
    await outbox.append(range(0, 500).map((n) => row(n, { source: `t-${n}` })));
    await outbox.append([row(0)]);
    assert.deepEqual((await outbox.next(600)).length, 501);
  });
});
