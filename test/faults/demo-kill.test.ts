import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { Demo } from '../support/demo.ts';
import { until } from '../support/until.ts';

interface Stretch {
  readonly series: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What lies in the demo's store, read beside it. */
function stored(demo: Demo): Stretch[] {
  const db = new DatabaseSync(join(demo.userDir, 'percept/percept.sqlite'), { readOnly: true });
  try {
    return db
      .prepare(
        `SELECT source || '/' || quantity AS series, min(time) AS first, max(time) AS last, count(*) AS count
         FROM reading JOIN series ON series.id = series_id GROUP BY series_id`,
      )
      .all()
      .map((row) => ({
        series: String(row['series']),
        first: Number(row['first']),
        last: Number(row['last']),
        count: Number(row['count']),
      }));
  } finally {
    db.close();
  }
}

const whole = ({ first, last, count }: Stretch): boolean => count === (last - first) / 1000 + 1;
const newest = (demo: Demo): number => Math.min(...stored(demo).map(({ last }) => last));

test('the demo is killed in mid-stream, started again, and no second of any sensor is missing or there twice', {
  timeout: 150_000,
}, async () => {
  const demo = await Demo.start([], { past: 5 });
  try {
    // in the middle of the plant's backlog, when most is in flight
    await until(() => stored(demo).reduce((sum, { count }) => sum + count, 0) > 2000, {
      ms: 30_000,
      what: 'readings to arrive',
    });
    await demo.end('SIGKILL');
    await demo.again();
    // four machines of the plant, two behind a gateway, and two that are also heard
    const series = 16 + 12 + 12;
    const caughtUp = () => stored(demo).length >= series && newest(demo) > Date.now() - 10_000;
    await until(() => caughtUp() && stored(demo).every(whole), {
      ms: 90_000,
      what: 'every second of every sensor to be there once, up to now',
    });
    assert.equal(stored(demo).length, series);
  } finally {
    await demo.remove();
  }
});

test('the demo ends cleanly on SIGINT and SIGTERM', { timeout: 60_000 }, async () => {
  const demo = await Demo.start();
  try {
    assert.equal(await demo.end('SIGINT'), 0);
    await demo.again();
    assert.equal(await demo.end('SIGTERM'), 0);
    assert.doesNotMatch(demo.output, /error|unhandled|warn/i);
  } finally {
    await demo.remove();
  }
});
