import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Finding, PerceptError, Reading } from '../../dist/kit/index.js';
import { Keep } from '../../dist/sensor/outlier/keep.js';
import type { OutlierConfig } from '../../dist/sensor/outlier/settings.js';
import { Watch } from '../../dist/sensor/outlier/watch.js';
import { gaussian, start } from '../support/series.ts';

const second = 1000;
const settings: OutlierConfig = {
  ...{ watch: 'each', falseAlarmsPerWeek: 1, warmUp: 100, ranges: [], maxSources: 2000, saveSeconds: 60 },
};

interface Watched {
  readonly folder: string;
  readonly watch: Watch;
  readonly findings: Finding[];
  readonly troubles: PerceptError[];
  /** One reading, at its own time on our clock. */
  readonly take: (source: string, value: number, at: number, more?: Partial<Reading>) => void;
  /** The same folder after a restart. */
  readonly again: () => Watched;
}

function watching(context: TestContext, config: Partial<OutlierConfig> = {}): Watched {
  const folder = mkdtempSync(join(tmpdir(), 'percept-outlier-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const make = (): Watched => {
    const findings: Finding[] = [];
    const troubles: PerceptError[] = [];
    const watch = new Watch({ ...settings, ...config }, new Keep(folder), {
      silent: (found) => findings.push(...found),
      trouble: (error) => troubles.push(error),
    });
    const take: Watched['take'] = (source, value, at, more) => {
      const time = start + at * second;
      const of = { id: 0, source, quantity: 'level', value, unit: 'm', time, receivedAt: time, sequence: 0 };
      for (const result of watch.take({ ...of, clock: 'ok', ...more }, time)) findings.push(...result.findings);
    };
    return { folder, watch, findings, troubles, take, again: make };
  };
  return make();
}

test('twenty thousand sources: as many detectors and files as were promised, no finding, and who stays is watched', async (context) => {
  const { folder, watch, findings, troubles, take } = watching(context, { maxSources: 20 });
  const next = gaussian(1);
  const rest: Promise<void>[] = [];
  for (let i = 0; i < 20_000; i++) {
    take(`stranger-${i}`, i % 7 === 0 ? 1e6 : i, i);
    if (i % 10 === 0) take('resident', next(), i);
    if (i % 4000 === 0) rest.push(watch.save());
    if (i % 1000 === 0) watch.look(start + i * second);
  }
  await Promise.all(rest);
  await watch.save();
  assert.equal(watch.counts().sources, 20);
  assert.deepEqual(findings, []);
  assert.deepEqual(troubles, []);
  assert.ok(readdirSync(folder).length <= 20 + 1, String(readdirSync(folder).length));
  take('resident', 30, 20_010);
  assert.deepEqual(
    findings.map(({ source, kind }) => [source, kind]),
    [['resident', 'outlier']],
  );
});

test('one source with very many quantities at one instant: so many together, the others by themselves, no more than were promised', (context) => {
  const { watch, findings, take } = watching(context, { watch: 'together', maxSources: 10 });
  for (let row = 0; row < 32; row++) {
    for (let n = 0; n < 300; n++) take('rack', n, row, { quantity: `q${n}` });
  }
  assert.equal(watch.counts().sources, 10);
  assert.deepEqual(findings, []);
});

test('what a newer version has learnt is neither overwritten, nor removed when its source has to make room', async (context) => {
  const { folder, watch, take, again } = watching(context, { maxSources: 1 });
  for (let i = 0; i < 10; i++) take('a', i, i);
  await watch.save();
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.state')) ?? '');
  const bytes = readFileSync(file);
  bytes.writeUInt32LE(999, bytes.indexOf(10) + 5);
  writeFileSync(file, bytes);
  const after = again();
  after.take('a', 1, 20);
  await after.watch.save();
  after.take('b', 1, 21);
  await after.watch.save();
  assert.deepEqual(
    after.troubles.map(({ code }) => code),
    ['outlier-state-newer'],
  );
  assert.deepEqual(readFileSync(file), bytes);
});

test('a unit that changes is told once or twice, in the new unit, and is usual after a while', (context) => {
  const { watch, findings, take } = watching(context);
  const next = gaussian(2);
  for (let i = 0; i < 8000; i++) {
    const celsius = 20 + next();
    if (i < 4000) take('hall', celsius, i, { quantity: 'temperature', unit: '°C' });
    else take('hall', 1.8 * celsius + 32, i, { quantity: 'temperature', unit: '°F' });
  }
  const begun = new Set(findings.filter(({ since }) => since >= start + 3990 * second).map(({ since }) => since));
  assert.ok(begun.size >= 1 && begun.size <= 3, String(begun.size));
  assert.match(findings.find(({ since }) => since >= start + 3990 * second)?.reasons[0] ?? '', /°F/);
  assert.equal(watch.counts().unusual, 0);
});

test('a series that falls silent beside others is named; fed back as fine, such a pause is none', (context) => {
  const { watch, findings, take } = watching(context);
  const next = gaussian(4);
  for (let i = 0; i < 600; i++) {
    take('pump', next(), i, { quantity: 'flow' });
    if (i < 300) take('pump', next(), i, { quantity: 'pressure' });
  }
  watch.look(start + 601 * second);
  const [silent] = findings.filter(({ kind }) => kind === 'silent');
  assert.equal(silent?.quantity, 'pressure');
  watch.feedback(silent as Finding);
  for (let i = 601; i < 610; i++) take('pump', next(), i, { quantity: 'pressure' });
  const before = findings.length;
  watch.look(start + 700 * second);
  assert.deepEqual(
    findings.slice(before).map(({ quantity }) => quantity),
    ['flow'],
  );
});

test('reordered and repeated readings of a source are not judged twice, and are no finding', (context) => {
  const { findings, take } = watching(context);
  const next = gaussian(3);
  const values = Array.from({ length: 3000 }, next);
  for (let i = 0; i < 3000; i += 3) {
    for (const at of [i, i + 2, i + 1, i + 2, i]) take('pump', (values[at] as number) + (at === i + 1 ? 1e3 : 0), at);
  }
  assert.deepEqual(findings, []);
});
