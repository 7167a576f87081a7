import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configReader } from '../../dist/kit/index.js';
import type {
  LettersAnswer,
  SeriesAnswer,
  SourcesAnswer,
  ThroughputAnswer,
} from '../../dist/sensor/history/answers.js';
import { type Ask, answer, exportAsk, Settings } from '../../dist/sensor/history/ask.js';
import { exportText, exportToFile } from '../../dist/sensor/history/export.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import type { NewReading } from '../../dist/store/store.js';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 0, 1);
const now = begin + 48 * hour;

/** @param database a URL to open, empty; with what to do when it is no longer needed */
export function historySuite(database: (folder: string) => Promise<{ url: string; stop?: () => Promise<void> }>): void {
  let folder: string;
  let store: StoreHandle;
  let url: string;
  let stop: (() => Promise<void>) | undefined;

  const defaults = configReader(Settings)({});
  const ask = (more: Partial<Ask>): Ask => ({ ...defaults, ...more });
  const series = async (more: Partial<Ask>): Promise<SeriesAnswer> =>
    (await answer(store, ask(more), now)) as SeriesAnswer;

  function reading(source: string, quantity: string, time: number, value: number, unit = ''): NewReading {
    return { source, quantity, value, unit, time, sequence: 0, receivedAt: time + 20, clock: 'ok' };
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'history-'));
    ({ url, stop } = await database(folder));
    store = await openStore({ url });
    // two days at one reading in ten seconds: value = index
    const pump = Array.from({ length: 17_280 }, (_, i) => reading('plant/pump', 'rpm', begin + i * 10_000, i, '1/min'));
    const hall = Array.from({ length: 48 }, (_, i) =>
      reading('plant/hall', 'temperature', begin + i * hour, 20 + i, '°C'),
    );
    await store.commit({ readings: pump });
    await store.commit({ readings: hall });
  });
  after(async () => {
    await store.close();
    await stop?.();
    await rm(folder, { recursive: true, force: true });
  });

  test('few readings are given as they were stored', async () => {
    const chart = await series({ sources: 'plant/hall', from: begin, to: begin + 3 * hour });
    assert.equal(chart.width, 0);
    assert.deepEqual(chart.series, [
      {
        source: 'plant/hall',
        quantity: 'temperature',
        unit: '°C',
        points: {
          time: [0, 1, 2, 3].map((i) => begin + i * hour),
          min: [20, 21, 22, 23],
          max: [20, 21, 22, 23],
          mean: [20, 21, 22, 23],
          last: [20, 21, 22, 23],
        },
      },
    ]);
  });

  test('many readings of a short range become buckets of single readings', async () => {
    const chart = await series({ sources: 'plant/pump', from: begin, to: begin + hour - 1, points: 121 });
    assert.equal(chart.width, 30_000);
    const points = chart.series[0]?.points;
    assert.equal(points?.time.length, 120);
    assert.deepEqual(
      [points?.time[1], points?.min[1], points?.max[1], points?.mean[1], points?.last[1]],
      [begin + 30_000, 3, 5, 4, 5],
    );
  });

  test('a long range is read from the roll-ups, with the same numbers', async () => {
    const chart = await series({ sources: 'plant/pump', from: begin, to: now, points: 100 });
    assert.equal(chart.width, 30 * minute);
    const points = chart.series[0]?.points;
    assert.equal(points?.time.length, 96);
    assert.deepEqual([points?.min[1], points?.max[1], points?.mean[1], points?.last[1]], [180, 359, 269.5, 359]);
  });

  test('all series of a chart share its points', async () => {
    const chart = await series({ from: begin, to: now });
    const drawn = chart.series.reduce((sum, { points }) => sum + points.time.length, 0);
    assert.equal(chart.series.length, 2);
    assert.ok(drawn <= 2000, String(drawn));
  });

  test('a whole recording is found without naming its dates', async () => {
    const chart = await series({ sources: 'plant/hall', last: 'all' });
    assert.deepEqual([chart.from, chart.to], [begin, begin + 47 * hour]);
  });

  test('a length of time ends now', async () => {
    const chart = await series({ last: '90m', sources: 'plant/hall' });
    assert.deepEqual([chart.from, chart.to, chart.series[0]?.points.time.length], [now - 90 * minute, now, 1]);
  });

  test('sources and quantities are chosen by patterns, as text or as a list', async () => {
    const names = async (more: Partial<Ask>) => (await series({ last: '48h', ...more })).series.map((s) => s.source);
    assert.deepEqual(await names({ sources: 'plant/h*' }), ['plant/hall']);
    assert.deepEqual(await names({ sources: ['plant/hall', 'plant/pump'] }), ['plant/hall', 'plant/pump']);
    assert.deepEqual(await names({ sources: 'PLANT/hall' }), []);
    assert.deepEqual(await names({ sources: 'plant_hall' }), []);
    assert.deepEqual(await names({ quantities: 'rpm, other' }), ['plant/pump']);
  });

  test('nothing stored is an empty chart, not an error', async () => {
    const chart = await series({ sources: 'nobody', last: 'all' });
    assert.deepEqual([chart.series, chart.findings, chart.width], [[], [], 0]);
  });

  for (const [what, range] of [
    ['ends before it begins', { from: now, to: begin }],
    ['has no unit', { last: '24' }],
    ['is no date', { from: 'last week' }],
  ] as const) {
    test(`a range that ${what} is refused`, async () => {
      await assert.rejects(series(range), { code: 'history-range' });
    });
  }

  test('findings in the range come with the chart: those that last, and those of its quantities', async () => {
    const one = { score: 2, threshold: 1, severity: 'warning', reasons: ['too hot'], evidence: [] } as const;
    const put = async (kind: string, source: string, quantity: string, since: number, until?: number) =>
      store.putFinding({
        ...one,
        reasons: ['too hot'],
        evidence: [],
        kind,
        source,
        quantity,
        since,
        ...(until ? { until } : {}),
      });
    await put('over', 'plant/hall', 'temperature', begin + hour, begin + 2 * hour);
    await put('lasting', 'plant/hall', '', begin);
    await put('other', 'plant/pump', 'rpm', begin + 3 * hour);
    await put('later', 'plant/hall', 'temperature', begin + 9 * hour);
    const kinds = async (from: number) =>
      (await series({ sources: 'plant/hall', quantities: 'temperature', from, to: begin + 5 * hour })).findings.map(
        (f) => f.kind,
      );
    assert.deepEqual(await kinds(begin), ['lasting', 'over']);
    assert.deepEqual(await kinds(begin + 3 * hour), ['lasting']);
    const list = await answer(store, ask({ kind: 'findings', last: 'all', limit: 2 }), now);
    assert.deepEqual(list.kind === 'findings' && list.findings.map((f) => [f.kind, f.reasons]), [
      ['later', ['too hot']],
      ['other', ['too hot']],
    ]);
  });

  test('sources tell whether they are late, silent or have a clock that is off', async () => {
    const health = async (at: number) => {
      const { sources } = (await answer(store, ask({ kind: 'sources' }), at)) as SourcesAnswer;
      return Object.fromEntries(sources.map(({ source, state }) => [source, state]));
    };
    const end = begin + 48 * hour - 10_000;
    assert.deepEqual(await health(end + 1000), { 'plant/hall': 'ok', 'plant/pump': 'ok' });
    assert.deepEqual(await health(end + 40_000), { 'plant/hall': 'ok', 'plant/pump': 'late' });
    assert.deepEqual(await health(end + 110_000), { 'plant/hall': 'ok', 'plant/pump': 'silent' });
    await store.commit({
      readings: [{ ...reading('plant/pump', 'rpm', end + 500_000, 1), receivedAt: end + 30, clock: 'ahead' }],
      clockOffsets: [{ source: 'plant/pump', offset: -499_970 }],
    });
    assert.equal((await health(end + 1000))['plant/pump'], 'clock');
    const { sources } = (await answer(store, ask({ kind: 'sources' }), end + 1000)) as SourcesAnswer;
    assert.deepEqual(
      sources.map(({ source, clockOffset }) => [source, clockOffset]),
      [
        ['plant/pump', -499_970],
        ['plant/hall', null],
      ],
    );
  });

  test('sources tell their lag, their rhythm and how much of them is stored, worst first', async () => {
    const { sources, counts } = (await answer(store, ask({ kind: 'sources' }), begin + 49 * hour)) as SourcesAnswer;
    assert.deepEqual(
      sources.map(({ source, state }) => [source, state]),
      [
        ['plant/pump', 'silent'],
        ['plant/hall', 'ok'],
      ],
    );
    assert.deepEqual(counts, { ok: 1, clock: 0, late: 0, silent: 1 });
    const hall = sources[1];
    assert.deepEqual([hall?.interval, hall?.lag, hall?.stored, hall?.age], [hour, 20, 48, 2 * hour - 20]);
  });

  test('dead letters show their reason and their beginning, not their bulk', async () => {
    const letter = { node: 'n1', code: 'decode-json', reason: 'Broken.', receivedAt: now };
    await store.commit({
      readings: [],
      deadLetters: [
        { ...letter, topic: 'a', payload: Buffer.from(`{"täglich":${'1'.repeat(5000)}`) },
        { ...letter, topic: 'b', payload: Buffer.from([0xff, 0xd8, 0, 1]) },
      ],
    });
    const { total, letters } = (await answer(store, ask({ kind: 'letters', limit: 5 }), now)) as LettersAnswer;
    assert.equal(total, 2);
    assert.deepEqual(
      letters.map(({ topic, bytes, preview }) => [topic, bytes, preview.slice(0, 13)]),
      [
        ['b', 4, 'ff d8 00 01'],
        ['a', 5012, '{"täglich":11'],
      ],
    );
    assert.ok((letters[1]?.preview.length ?? 0) < 250);
  });

  test('a dead letter without a payload is shown like any other', async () => {
    const letter = { node: 'n1', code: 'decode-empty', reason: 'Empty.', receivedAt: now };
    await store.commit({ readings: [], deadLetters: [{ ...letter, topic: 'c', payload: Buffer.alloc(0) }] });
    const { letters } = (await answer(store, ask({ kind: 'letters', limit: 1 }), now)) as LettersAnswer;
    assert.deepEqual(
      letters.map(({ topic, bytes, preview }) => [topic, bytes, preview]),
      [['c', 0, '']],
    );
  });

  test('throughput counts the last hour by the minute', async () => {
    const at = begin + 10 * hour + 30_000;
    const { time, counts, perMinute, total } = (await answer(
      store,
      ask({ kind: 'throughput' }),
      at,
    )) as ThroughputAnswer;
    assert.equal(time.length, 60);
    assert.equal(counts[58], 6);
    assert.equal(perMinute, 6);
    assert.equal(total, 17_280 + 48 + 1);
  });

  async function exported(more: Partial<Ask>): Promise<string> {
    let text = '';
    for await (const chunk of exportText(store.db, exportAsk(ask(more), now))) text += chunk;
    return text;
  }

  test('an export holds every reading of the range once, in CSV', async () => {
    const lines = (await exported({ sources: 'plant/pump', from: begin, to: begin + 24 * hour })).trimEnd().split('\n');
    assert.equal(lines.length, 1 + 8641);
    assert.equal(lines[0], 'time,source,quantity,value,unit,sequence,received,clock');
    assert.equal(lines[2], '2026-01-01T00:00:10.000Z,plant/pump,rpm,1,1/min,0,2026-01-01T00:00:10.020Z,ok');
    assert.equal(new Set(lines).size, lines.length);
  });

  test('an export in JSON is one array, also when it is empty, and in JSONL one object per line', async () => {
    const some = { sources: 'plant/hall', from: begin, to: begin + 2 * hour } as const;
    const rows = JSON.parse(await exported({ ...some, format: 'json' })) as { value: number }[];
    assert.deepEqual(
      rows.map((row) => row.value),
      [20, 21, 22],
    );
    assert.deepEqual(JSON.parse(await exported({ sources: 'nobody', format: 'json' })), []);
    const lines = (await exported({ ...some, format: 'jsonl' })).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { value: number }).value),
      [20, 21, 22],
    );
  });

  test('readings that share an instant are all exported across the border of two chunks', async () => {
    const readings = Array.from({ length: 4500 }, (_, i) => ({ ...reading('same', 'x', begin, i), sequence: i }));
    await store.commit({ readings });
    const lines = (await exported({ sources: 'same', last: 'all' })).trimEnd().split('\n');
    assert.equal(lines.length, 4501);
  });

  test('an export into a file is whole or not there', async () => {
    const file = join(folder, 'out/readings.csv');
    const some = exportAsk(ask({ sources: 'plant/hall', last: 'all' }), now);
    const bytes = await exportToFile(exportText(store.db, some), file, new AbortController().signal);
    assert.equal((await readFile(file)).length, bytes);
    async function* broken() {
      yield 'a';
      throw new Error('no space left on device');
    }
    const other = join(folder, 'out/other.csv');
    await assert.rejects(exportToFile(broken(), other, new AbortController().signal), { code: 'history-file' });
    await assert.rejects(readFile(other), { code: 'ENOENT' });
    await assert.rejects(readFile(`${other}.part`), { code: 'ENOENT' });
  });
}
