import assert from 'node:assert/strict';
import test from 'node:test';
import { retryAfter } from '../../dist/alert/channels/http.js';
import { afterFailure } from '../../dist/alert/spool/outcome.js';

const patience = { failover: 60_000, giveUp: 3_600_000, firstPause: 2_000, longestPause: 300_000 };
const now = 1_000_000;
const first = { attempts: 1, unanswered: 0, begun: now, hasNext: true };

test('the pause doubles from attempt to attempt, up to the longest; half of it is chance', () => {
  const due = (attempts: number, random: number) => {
    const next = afterFailure('later', { ...first, attempts, hasNext: false }, patience, now, 0, () => random);
    return next.what === 'wait' ? next.due - now : undefined;
  };
  assert.deepEqual(
    [1, 2, 3, 20].map((attempts) => due(attempts, 1)),
    [2_000, 4_000, 8_000, 300_000],
  );
  assert.equal(due(3, 0), 4_000);
});

test('what is refused for good goes to the next channel at once', () => {
  assert.deepEqual(afterFailure('refused', first, patience, now), { what: 'next' });
});

test('a channel that fails for long enough is passed over, the last one is not', () => {
  const late = { ...first, attempts: 5, begun: now - 59_000 };
  assert.equal(afterFailure('later', late, patience, now).what, 'next');
  assert.equal(afterFailure('later', { ...late, hasNext: false }, patience, now).what, 'wait');
});

test('without an answer it is sent once more, and no oftener', () => {
  assert.equal(afterFailure('unanswered', { ...first, unanswered: 1 }, patience, now).what, 'wait');
  assert.equal(afterFailure('unanswered', { ...first, unanswered: 2 }, patience, now).what, 'next');
});

test('a provider that says how long to wait is obeyed, or passed over where that is too long', () => {
  const next = afterFailure('later', first, patience, now, 30_000);
  assert.ok(next.what === 'wait' && next.due === now + 30_000);
  assert.equal(afterFailure('later', first, patience, now, 90_000).what, 'next');
});

test('Retry-After is read as seconds and as a date', () => {
  const at = Date.UTC(2026, 0, 5, 12);
  assert.equal(retryAfter('7', at), 7_000);
  assert.equal(retryAfter('Mon, 05 Jan 2026 12:01:00 GMT', at), 60_000);
  assert.equal(retryAfter('soon', at), undefined);
});
