import assert from 'node:assert/strict';
import test from 'node:test';
import { nextAsk, usualAsking } from '../../dist/alert/spool/receipts.js';

const sent = Date.UTC(2026, 0, 5, 12);
const { first, longest, giveUp } = usualAsking;

test('a provider is asked soon, then ever more rarely, and no more after a quarter of an hour', () => {
  const pauses: number[] = [];
  for (let at = sent + first; ; ) {
    const next = nextAsk(sent, at, usualAsking);
    if (next === undefined) break;
    pauses.push(next - at);
    at = next;
  }
  assert.deepEqual([first, pauses[0], pauses.at(-1)], [3_000, 3_000, longest]);
  assert.ok(
    pauses.every((pause, i) => pause >= (pauses[i - 1] ?? 0)),
    pauses.join(),
  );
  const all = first + pauses.reduce((sum, pause) => sum + pause, 0);
  assert.ok(all >= giveUp && all < giveUp + longest, `${all} ms`);
  assert.ok(pauses.length < 30, `${pauses.length} questions`);
});

test('a clock that was put back since brings neither a flood of questions nor an end to them', () => {
  const before = sent - 3_600_000;
  assert.equal(nextAsk(sent, before, usualAsking), before + first);
});
