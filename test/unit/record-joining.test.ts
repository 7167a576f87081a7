import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Finding, Message } from '../../dist/kit/index.js';
import { configReader } from '../../dist/kit/index.js';
import { draftOf, RecordSettings } from '../../dist/sensor/record/draft.js';
import { Joining, type Stored } from '../../dist/sensor/record/joining.js';

const t0 = Date.UTC(2026, 0, 1);
const settings = configReader(RecordSettings)({ kind: 'limit', threshold: '80' });

function reading(value: number, time: number, more: object = {}): Message {
  const full = {
    id: 1,
    source: 'pump',
    quantity: 'temp',
    value,
    unit: '°C',
    time,
    sequence: 0,
    receivedAt: time,
    clock: 'ok',
    ...more,
  };
  return { reading: full } as Partial<Message> as Message;
}

/** Keeps findings by their key, as the store does; `gate` holds writes back. */
class Kept {
  readonly rows = new Map<string, Stored>();
  writes = 0;
  gate: Promise<void> = Promise.resolve();
  fails = false;

  async put(finding: Finding): Promise<Stored> {
    this.writes++;
    await this.gate;
    if (this.fails) throw new Error('store is away');
    const key = `${finding.kind} ${finding.source} ${finding.quantity} ${finding.since}`;
    const stored = { ...finding, id: this.rows.get(key)?.id ?? this.rows.size + 1 };
    this.rows.set(key, stored);
    return stored;
  }

  newest = async ({ kind, source, quantity }: Finding): Promise<Finding | undefined> =>
    [...this.rows.values()].filter((r) => r.kind === kind && r.source === source && r.quantity === quantity).at(-1);
}

const draft = (msg: Message) => draftOf(msg, settings, t0 + 99);

test('a reading alone makes a finding of the settings', () => {
  assert.deepEqual(draft(reading(91, t0)), {
    whole: false,
    finding: {
      kind: 'limit',
      source: 'pump',
      quantity: 'temp',
      score: 91,
      threshold: 80,
      severity: 'warning',
      since: t0,
      until: t0,
      reasons: ['temp = 91 °C'],
      evidence: [],
    },
  });
});

test('what the message says goes before its reading and the settings', () => {
  const msg = {
    ...reading(91, t0),
    finding: { kind: 'silent', severity: 'critical', quantity: '', since: t0 - 5, reasons: ['no word'] },
  };
  const { finding, whole } = draft(msg as Message);
  assert.deepEqual(
    [finding.kind, finding.severity, finding.source, finding.quantity, finding.since],
    ['silent', 'critical', 'pump', '', t0 - 5],
  );
  assert.deepEqual([finding.reasons, finding.until, whole], [['no word'], undefined, true]);
});

test('the reason is worded by the settings', () => {
  const worded = { ...settings, reason: '{source}: {value} {unit} over {threshold}, {nothing}' };
  assert.deepEqual(draftOf(reading(91, t0), worded, t0).finding.reasons, ['pump: 91 °C over 80, {nothing}']);
});

test('a message that says neither source nor reading is refused, as is a finding that is none', () => {
  assert.throws(() => draft({} as Message), { code: 'record-source' });
  assert.throws(() => draft({ finding: 'hot' } as Partial<Message> as Message), { code: 'record-finding' });
  const odd = { ...reading(1, t0), finding: { severity: 'awful' } } as Message;
  assert.throws(() => draft(odd), { code: 'message-invalid' });
});

test('what follows within the gap grows one finding; the worst speaks for it', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  for (const [i, value] of [85, 99, 90].entries()) await joining.record(draft(reading(value, t0 + i * 1000)));
  const [only, ...others] = kept.rows.values();
  assert.deepEqual(others, []);
  assert.deepEqual([only?.since, only?.until, only?.score, only?.reasons], [t0, t0 + 2000, 99, ['temp = 99 °C']]);
});

test('where the value was expected grows with the finding, in order and within what a finding holds', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  const said = (i: number): Message => {
    const expected = [i - 1, i].map((at) => ({ time: t0 + at * 1000, low: at, high: at + 1 }));
    return { ...reading(99, t0 + i * 1000), finding: { expected } } as Message;
  };
  for (let i = 1; i <= 600; i++) await joining.record(draft(said(i)));
  const times = [...kept.rows.values()][0]?.expected?.map(({ time }) => time) ?? [];
  assert.equal(times.length, 240);
  assert.deepEqual([times[0], times.at(-1)], [t0, t0 + 600_000]);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('after a longer gap, or for another quantity, a new finding begins', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  await joining.record(draft(reading(85, t0)));
  await joining.record(draft(reading(86, t0 + 61_000)));
  await joining.record(draft(reading(86, t0 + 61_000, { quantity: 'flow' })));
  assert.deepEqual(
    [...kept.rows.values()].map(({ since, quantity }) => [since, quantity]),
    [
      [t0, 'temp'],
      [t0 + 61_000, 'temp'],
      [t0 + 61_000, 'flow'],
    ],
  );
});

test('after a restart the same finding goes on', async () => {
  const kept = new Kept();
  await new Joining(kept, 60_000).record(draft(reading(85, t0)));
  await new Joining(kept, 60_000).record(draft(reading(86, t0 + 1000)));
  assert.deepEqual(
    [...kept.rows.values()].map(({ until }) => until),
    [t0 + 1000],
  );
});

test('a flood is written a few times, and every message waits for its own commit', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  kept.gate = promise;
  const all = Array.from({ length: 1000 }, (_, i) => joining.record(draft(reading(85, t0 + i))));
  // all that can go on without the store has, then
  await turn();
  resolve();
  const stored = await Promise.all(all);
  assert.ok(kept.writes <= 3, String(kept.writes));
  assert.ok(stored.every(({ id }) => id === 1));
  assert.equal(kept.rows.values().next().value?.until, t0 + 999);
});

test('while the store is away messages fail, and what they said is in the next that does not', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  kept.fails = true;
  await assert.rejects(joining.record(draft(reading(99, t0))), /away/);
  kept.fails = false;
  await joining.record(draft(reading(85, t0 + 1000)));
  assert.deepEqual(
    [...kept.rows.values()].map(({ since, score }) => [since, score]),
    [[t0, 99]],
  );
});

test('a finding that brings its beginning is stored as it is', async () => {
  const kept = new Kept();
  const joining = new Joining(kept, 60_000);
  const msg = (since: number) => ({ finding: { source: 'hall', since } }) as Partial<Message> as Message;
  await joining.record(draft(msg(t0)));
  await joining.record(draft(msg(t0 + 5)));
  assert.equal(kept.rows.size, 2);
});
