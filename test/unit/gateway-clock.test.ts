import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FarClock, StepWatch } from '../../dist/sensor/gateway/clock.js';
import { row, TestOutbox } from '../support/outbox.ts';

const now = 1_700_000_000_000;

/** A box and a far side whose clock is `offset` ahead, with time in the test's hands. */
class World {
  steady = 0;
  wall = now;
  offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }

  pass(ms: number): void {
    this.steady += ms;
    this.wall += ms;
  }

  /** One exchange over ways that take so long, ms. */
  exchange(clock: FarClock, there: number, back: number, atFarSide = 1): ReturnType<FarClock['answered']> {
    const n = clock.ask();
    this.pass(there);
    const t2 = this.wall + this.offset;
    this.pass(atFarSide);
    const t3 = this.wall + this.offset;
    this.pass(back);
    return clock.answered({ n, t2, t3 });
  }
}

describe("the far side's clock", () => {
  const world = new World(-42_000);
  let clock: FarClock;
  beforeEach(() => {
    clock = new FarClock(
      () => world.wall,
      () => world.steady,
    );
  });

  test('is known exactly over a way that takes as long there as back', () => {
    const known = world.exchange(clock, 40, 40);
    assert.equal(known?.offset, -42_000);
    assert.ok((known?.uncertainty ?? 0) >= 40);
  });

  test('is known within the stated uncertainty, however long each way takes', () => {
    for (let i = 0; i < 200; i++) {
      const known = world.exchange(clock, Math.random() * 2000, Math.random() * 2000, Math.random() * 100);
      assert.ok(known);
      assert.ok(Math.abs(known.offset - world.offset) <= known.uncertainty, JSON.stringify(known));
      world.pass(1000);
    }
  });

  test('is told by the quickest of the last exchanges', () => {
    world.exchange(clock, 5, 5);
    const known = world.exchange(clock, 900, 10);
    assert.equal(known?.offset, -42_000);
    assert.ok((known?.uncertainty ?? 0) < 10);
  });

  test('is not told by an answer that nobody asked for, comes twice, or came after the clock was set', () => {
    assert.equal(clock.answered({ n: 99, t2: now, t3: now }), undefined);
    const n = clock.ask();
    assert.ok(clock.answered({ n, t2: now, t3: now }));
    assert.equal(clock.answered({ n, t2: now, t3: now }), undefined);
    const before = clock.ask();
    clock.forget();
    assert.equal(clock.answered({ n: before, t2: now, t3: now }), undefined);
  });
});

test("a step of this box's clock is noticed, a slow correction is not", () => {
  const world = new World(0);
  const watch = new StepWatch({ wall: () => world.wall, steady: () => world.steady });
  world.pass(1000);
  assert.equal(watch.look(), 0);
  world.pass(1000);
  world.wall += 50;
  assert.equal(watch.look(), 0);
  world.wall += 3 * 86_400_000;
  assert.equal(watch.look(), 3 * 86_400_000);
  assert.equal(watch.look(), 0);
});

describe('an offset goes along only with readings that it holds for', () => {
  let file: TestOutbox;
  beforeEach(() => {
    file = new TestOutbox();
  });
  afterEach(() => file.remove());
  const measured = { offset: 5, uncertainty: 2, at: now };

  test('those of the same stretch of time', async () => {
    const outbox = await file.open();
    await outbox.append([row(1)]);
    await outbox.measured(measured);
    const [first] = await outbox.next(1);
    assert.deepEqual(outbox.clockOf(first?.epoch), measured);
  });

  test('those before a step of the clock get it reckoned, also after a restart', async () => {
    const outbox = await file.open();
    await outbox.append([row(1)]);
    await outbox.stepped(60_000);
    await outbox.append([row(2)]);
    await outbox.measured(measured);
    const reckoned = { offset: 60_005, uncertainty: 102, at: now, reckoned: true };
    const again = await file.open();
    const first = await again.next(10);
    assert.equal(first.length, 1, 'a batch ends where the clock was set');
    assert.deepEqual(again.clockOf(first[0]?.epoch), reckoned);
    assert.deepEqual(again.clockOf((await again.next(10))[0]?.epoch), measured);
  });

  test('not those of before a restart that never measured', async () => {
    await (await file.open()).append([row(1)]);
    const outbox = await file.open();
    await outbox.append([row(2)]);
    await outbox.measured(measured);
    assert.equal(outbox.clockOf((await outbox.next(1))[0]?.epoch), undefined);
    assert.deepEqual(outbox.clockOf((await outbox.next(1))[0]?.epoch), measured);
  });
});
