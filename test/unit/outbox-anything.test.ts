import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handedOut, row, TestOutbox } from '../support/outbox.ts';

/** Repeatable: mulberry32, public domain. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

for (const policy of ['oldest', 'newest'] as const) {
  test(`whatever happens, every reading is waiting, sent, let go or a dead letter, and the order stays (${policy} goes)`, async () => {
    const chance = chances(policy.length);
    const file = new TestOutbox({ maxReadings: 150, policy, groupMs: 0 });
    try {
      let outbox = await file.open();
      let n = 0;
      let last = -1;
      for (let step = 0; step < 400; step++) {
        const dice = chance();
        if (dice < 0.5) {
          const rows = Array.from({ length: Math.ceil(chance() * 40) }, () =>
            row(n++, { priority: Math.floor(chance() * 3), source: `s-${Math.floor(chance() * 4)}` }),
          );
          await outbox.append(rows);
        } else if (dice < 0.8) {
          const kept = await outbox.next(Math.ceil(chance() * 30));
          for (const { value } of kept) {
            assert.ok(value > last, `${value} after ${last}`);
            last = value;
          }
          const [first] = kept;
          if (first && chance() < 0.1) {
            await outbox.letter(first, 'refused');
            last = first.value;
          } else outbox.sent(kept);
          outbox.release();
        } else if (dice < 0.85) await outbox.stepped(1000);
        else if (dice < 0.9) outbox = await file.open();
        const { waiting, accepted, sent, went, letters } = outbox.figures;
        assert.equal(waiting + sent + went + letters, accepted, `after step ${step}`);
        assert.ok(waiting <= 150);
      }
      assert.equal((await handedOut(outbox)).length > 0, outbox.figures.waiting > 0);
    } finally {
      await file.remove();
    }
  });
}
