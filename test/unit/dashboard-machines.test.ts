import assert from 'node:assert/strict';
import test from 'node:test';
import { Cards } from '../../nodes/dashboard/dist/machines/cards.js';
import { learningOf } from '../../nodes/dashboard/dist/machines/reading.js';
import { mostPoints, TrailKeeper } from '../../nodes/dashboard/dist/machines/trail.js';
import { conditions } from '../../nodes/dashboard/ui/machines/conditions.ts';
import { lossCurve, scoreCurve } from '../../nodes/dashboard/ui/machines/curve.ts';
import { stretchOf } from '../../nodes/dashboard/ui/machines/listening.ts';
import { type CardNews, type Machine, withNews } from '../../nodes/dashboard/ui/machines/model.ts';
import { learnableFrom, silentAfter, standingOf, urgency } from '../../nodes/dashboard/ui/machines/state.ts';
import type { Finding } from '../../nodes/dashboard/ui/shared/severity.ts';

const now = Date.UTC(2026, 10, 21, 12);
const clock = { now, ahead: 0 };

const anomaly = (time: number, score: number, state = 'normal') => ({
  source: 'pump',
  time,
  state,
  score,
  threshold: 4,
});
const finding = (since: number, more: Partial<Finding> = {}): Finding => ({
  kind: 'anomaly',
  source: 'pump',
  quantity: 'sound',
  score: 9,
  threshold: 4,
  severity: 'critical',
  since,
  reasons: ['It knocks.'],
  ...more,
});
const only = (cards: readonly unknown[]): CardNews => {
  assert.equal(cards.length, 1);
  return cards[0] as CardNews;
};

function machine(more: object = {}): Machine {
  const cards = new Cards();
  cards.take({ anomaly: anomaly(now, 1) }, now);
  const [one] = withNews([], [{ ...only(cards.whole()), ...more }], true, clock);
  return one as Machine;
}

test('a page that is opened later gets all that the others were told bit by bit', () => {
  const cards = new Cards();
  let early: Machine[] = [];
  for (let i = 0; i < 50; i++) {
    cards.take({ anomaly: anomaly(now + 1000 * i, i < 40 ? 1 : 9, i < 40 ? 'normal' : 'strange') }, now + 1000 * i);
    if (i === 42) cards.take({ finding: finding(now + 40_000) }, now);
    if (i % 3 === 0) early = withNews(early, cards.fresh() as CardNews[], false, clock);
  }
  early = withNews(early, cards.fresh() as CardNews[], false, clock);
  const late = withNews([], cards.whole() as CardNews[], true, clock);
  const shown = ([one]: Machine[]) => ({ ...one, minute: undefined });
  assert.deepEqual(shown(early), shown(late));
  assert.equal(late[0]?.findings.length, 1);
  assert.equal(late[0]?.stateAt, now + 40_000);
});

test('nothing is told twice, and nothing when nothing changed', () => {
  const cards = new Cards();
  cards.take({ anomaly: anomaly(now, 1), learning: { source: 'pump', state: 'gathering', progress: 0.1 } }, now);
  assert.ok('learning' in only(cards.fresh()));
  assert.deepEqual(cards.fresh(), []);
  cards.take({ anomaly: anomaly(now + 3000, 2) }, now);
  const news = only(cards.fresh());
  assert.ok(!('learning' in news) && !('findings' in news));
  assert.deepEqual(news.trail.score, [1, 2].slice(news.trail.score.length === 2 ? 0 : 1));
});

test('a finding of something that has no card makes none; one of a machine is kept once', () => {
  const cards = new Cards();
  assert.ok(cards.take({ finding: finding(now, { source: 'tank' }) }, now));
  assert.deepEqual(cards.whole(), []);
  cards.take({ anomaly: anomaly(now, 9, 'strange') }, now);
  cards.take({ finding: finding(now) }, now);
  cards.take({ finding: finding(now, { until: now + 5000 }) }, now);
  assert.deepEqual(
    only(cards.whole()).findings?.map(({ until }) => until),
    [now + 5000],
  );
});

test('however many machines and however long: cards and scores are bounded', () => {
  const cards = new Cards();
  for (let i = 0; i < 300; i++) cards.take({ anomaly: { ...anomaly(now, 1), source: `m-${i}` } }, now);
  assert.equal(cards.whole().length, 100);
  const trail = new TrailKeeper();
  for (let i = 0; i < 10_000; i++) trail.add({ time: now + 1000 * i, score: i, threshold: 4 });
  assert.equal(trail.all().time.length, mostPoints);
  assert.equal(trail.all().score.at(-1), 9999);
});

test('of two seconds the higher score stays: a knock is not averaged away', () => {
  const trail = new TrailKeeper();
  trail.add({ time: now, score: 9, threshold: 4 });
  trail.add({ time: now + 1000, score: 1, threshold: 4 });
  assert.deepEqual(trail.all().score, [9]);
});

test('a training of thousands of epochs reaches the page as a short curve that ends where it is', () => {
  const loss = Array.from({ length: 5000 }, (_, i) => 1 / (i + 1));
  const learning = learningOf({ source: 'pump', kind: 'vgg', state: 'training', progress: 7, loss, versions: [] });
  assert.ok((learning?.loss?.length ?? 999) <= 121);
  assert.equal(learning?.loss?.at(-1), loss.at(-1));
  assert.equal(learning?.progress, 1);
});

test('of many models the newest stay, and the one that is live', () => {
  const versions = Array.from({ length: 60 }, (_, i) => ({
    version: `v${i}`,
    kind: 'normal',
    madeAt: i,
    live: i === 3,
    scores: { auc: 0.9, note: 'x' },
  }));
  const kept = learningOf({ source: 'pump', versions })?.versions ?? [];
  assert.equal(kept.length, 21);
  assert.deepEqual([kept[0]?.version, kept.at(-1)?.version], ['v59', 'v3']);
  assert.deepEqual(kept[0]?.scores, { auc: 0.9 });
});

test('what is no message of these nodes is left to the dashboard', () => {
  const cards = new Cards();
  assert.ok(!cards.take({ payload: 1 }, now));
  assert.ok(!cards.take({ anomaly: { state: 'normal' } }, now));
  assert.ok(
    !cards.take({ spectrogram: { source: 'x', shape: [1, 2, 3], data: new Uint8Array(5), bands: [1, 2, 3] } }, now),
  );
});

test('a card names the worst that lasts, since when it began', () => {
  const strange = { anomaly: anomaly(now, 9, 'strange') };
  const drift = finding(now - 9000, { kind: 'drift', severity: 'notice' });
  const standing = standingOf(machine({ ...strange, findings: [finding(now - 5000), drift] }), now);
  assert.deepEqual([standing.look, standing.since], ['critical', now - 5000]);
  assert.equal(standingOf(machine({ findings: [drift] }), now).look, 'notice');
  assert.equal(standingOf(machine({ findings: [finding(now - 5000, { until: now })] }), now).look, 'normal');
});

test('an anomaly that was never ended does not outlive the state that made it', () => {
  assert.equal(standingOf(machine({ findings: [finding(now - 5000)] }), now).look, 'normal');
  assert.equal(standingOf(machine({ anomaly: anomaly(now, 9, 'strange') }), now).look, 'warning');
});

test('a machine that nothing comes from is silent, and what was the matter is still said', () => {
  const strange = { anomaly: anomaly(now, 9, 'strange'), findings: [finding(now - 5000)] };
  const standing = standingOf(machine(strange), now + silentAfter + 1);
  assert.deepEqual([standing.look, standing.since, standing.before?.severity], ['silent', now, 'critical']);
  const deaf = finding(now - 3000, { kind: 'microphone-silent', severity: 'warning' });
  const muted = standingOf(machine({ anomaly: anomaly(now, 0, 'silent'), findings: [deaf] }), now);
  assert.deepEqual([muted.look, muted.finding?.kind], ['silent', 'microphone-silent']);
});

test('what was strange is not learned as normal, unless somebody says that it is', () => {
  const strange = { anomaly: anomaly(now, 9, 'strange'), findings: [finding(now - 5000)] };
  assert.deepEqual(learnableFrom(machine(strange)), { since: now - 5000, strange: true });
  const mended = { findings: [finding(now - 60_000, { until: now - 40_000 })] };
  assert.deepEqual(learnableFrom(machine(mended)), { since: now - 40_000, strange: false });
  assert.deepEqual(learnableFrom(machine({ findings: [finding(now - 9e6, { until: now - 8e6 })] })), {
    strange: false,
  });
  assert.deepEqual(learnableFrom(machine({ findings: [finding(now, { kind: 'limit' })] })), { strange: false });
});

test('every look has a place in the order of urgency', () => {
  const looks = ['critical', 'warning', 'silent', 'notice', 'unknown', 'learning', 'normal'] as const;
  assert.deepEqual(
    [...looks].sort((a, b) => urgency(a) - urgency(b)),
    looks,
  );
});

test('the threshold lies in the middle of the plot, whatever it is; what is above it grows by its logarithm', () => {
  const at = (ratio: number): number => {
    const trail = { time: [0, 1000], score: [ratio * 7, ratio * 7], threshold: [7, 7] };
    return Number(scoreCurve(trail, { from: 0, to: 1000 }).path.match(/,([\d.]+)/)?.[1]);
  };
  assert.deepEqual([at(0), at(0.5), at(1), at(2), at(4), at(1000)], [100, 75, 50, 25, 0, 0]);
});

test('a pause is a gap in the curve', () => {
  const trail = { time: [0, 1000, 60_000, 61_000], score: [1, 1, 1, 1], threshold: [2, 2, 2, 2] };
  assert.equal(scoreCurve(trail, { from: 0, to: 61_000 }).path.match(/M/g)?.length, 2);
});

test('both losses of a training share one scale', () => {
  assert.equal(lossCurve([1, 0.1], 0.1, 1), 'M0.00,4.00L100.00,96.00');
  assert.equal(lossCurve([1], 0.1, 1), '');
});

test('the seconds to listen to: when it began, right before, and the newest', () => {
  const strange = machine({ anomaly: anomaly(now, 9, 'strange'), findings: [finding(now - 30_000)] });
  const standing = standingOf(strange, now);
  assert.deepEqual(stretchOf(strange, standing, 'began'), { from: now - 30_000, to: now - 20_000 });
  assert.deepEqual(stretchOf(strange, standing, 'before'), { from: now - 40_000, to: now - 30_000 });
  assert.deepEqual(stretchOf(strange, standing, 'now'), { from: now - 10_000, to: now });
});

test('what was strange and is over can still be listened to', () => {
  const mended = machine({ findings: [finding(now - 60_000, { until: now - 40_000 })] });
  const standing = standingOf(mended, now);
  assert.deepEqual([standing.look, standing.last?.since], ['normal', now - 60_000]);
  assert.deepEqual(stretchOf(mended, standing, 'began'), { from: now - 60_000, to: now - 50_000 });
});

test('every condition that the synthesis has is a word in every language', async () => {
  const { conditions: made } = await import('../../dist/simulate/sound/conditions.js');
  assert.deepEqual(Object.keys(conditions), [...made]);
});
