import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { defineErrors } from '../../dist/kit/index.js';
import type { Arrival, Decoded } from '../../dist/sensor/decode/decode.js';
import { Ingest } from '../../dist/sensor/ingest/ingest.js';
import type { Outcome } from '../../dist/sensor/ingest/item.js';
import { FakeStore } from '../support/fake-store.ts';
import { until } from '../support/until.ts';

const text = { status: 's', text: 'It is {what}.', action: 'Do something.' } as const;
const error = defineErrors({
  'decode-test': { 'en-US': text, ko: text },
  'store-unreachable': { 'en-US': text, ko: text },
  'store-full': { 'en-US': text, ko: text },
  'store-read-only': { 'en-US': text, ko: text },
  'store-locked': { 'en-US': text, ko: text },
  'store-newer': { 'en-US': text, ko: text },
  'store-wrong-password': { 'en-US': text, ko: text },
  'store-row-invalid': { 'en-US': text, ko: text },
});

/** `source value time`; anything else is rejected. */
function decode({ payload, receivedAt }: Arrival): Decoded {
  const [source = '', value, time] = payload.toString().split(' ');
  if (source === 'bad') throw error('decode-test', { what: 'bad' });
  const reading = { source, quantity: 'q', value: Number(value), unit: '', sequence: 0, receivedAt };
  return { readings: [{ ...reading, time: Number(time), clock: 'ok' }], recordings: [], repeatable: true };
}

const arrival = (payload: string): Arrival => ({ topic: 't', payload: Buffer.from(payload), receivedAt: 1000 });
const comesAgain = { comesAgain: true };

describe('taking messages in', () => {
  let store: FakeStore;
  let ingest: Ingest;
  let outcomes: (Outcome | undefined)[];
  let events: string[];

  const make = (limits: Partial<{ groupCount: number; groupMs: number }> = {}): void => {
    ingest = new Ingest(
      { store, node: 'n1' },
      decode,
      { groupCount: 100, groupMs: 20, ...limits },
      { waiting: ({ code }) => events.push(code), working: () => events.push('working') },
    );
  };
  const take = (payload: string, from = comesAgain): void =>
    ingest.take(arrival(payload), from, (outcome) => outcomes.push(outcome));
  const settled = (count: number): Promise<unknown> =>
    until(() => outcomes.length === count, { what: `${count} outcomes` });

  beforeEach(() => {
    store = new FakeStore();
    outcomes = [];
    events = [];
    make();
  });
  afterEach(() => ingest.stop(0));

  test('commits what arrives together in one transaction', async () => {
    for (let i = 0; i < 10; i++) take(`pump ${i} ${i}`);
    await settled(10);
    assert.equal(store.batches.length, 1);
    assert.deepEqual(
      outcomes.map((outcome) => outcome?.readings[0]?.value),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  test('commits at once when a group is full', async () => {
    make({ groupCount: 4, groupMs: 10_000 });
    for (let i = 0; i < 8; i++) take(`pump ${i} ${i}`);
    await settled(8);
    assert.deepEqual(
      store.batches.map(({ readings }) => readings.length),
      [4, 4],
    );
  });

  test('has one group on its way while the next one fills', async () => {
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    make({ groupCount: 2 });
    for (let i = 0; i < 6; i++) take(`pump ${i} ${i}`);
    await until(() => store.attempts === 1);
    assert.equal(outcomes.length, 0);
    gate.resolve();
    await settled(6);
    assert.equal(store.batches.length, 3);
  });

  test('settles nothing before its commit', async () => {
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    take('pump 1 1');
    await until(() => store.attempts === 1);
    assert.deepEqual(outcomes, []);
    gate.resolve();
    await settled(1);
  });

  test('stores a repeat once and has no row to send for it', async () => {
    take('pump 1 1');
    take('pump 1 1');
    await settled(2);
    assert.equal(store.readings.size, 1);
    assert.deepEqual(
      outcomes.map((outcome) => outcome?.readings.length),
      [1, 0],
    );
  });

  test('keeps a rejected message whole, in the transaction of its neighbours', async () => {
    take('pump 1 1');
    take('bad');
    take('pump 2 2');
    await settled(3);
    assert.equal(store.batches.length, 1);
    const [id, letter] = [...store.deadLetters][0] ?? [];
    assert.deepEqual(letter, {
      node: 'n1',
      topic: 't',
      payload: Buffer.from('bad'),
      code: 'decode-test',
      reason: 'It is bad. Do something.',
      receivedAt: 1000,
    });
    assert.equal(outcomes[1]?.rejected?.deadLetter, id);
    assert.equal(outcomes[2]?.readings[0]?.value, 2);
  });

  for (const code of ['unreachable', 'full', 'read-only', 'locked', 'newer', 'wrong-password'] as const) {
    test(`keeps a group while the store is ${code}, and commits it when it is not any more`, async () => {
      store.fails = () => error(`store-${code}`, { what: code });
      take('pump 1 1');
      await until(() => store.attempts >= 2, { what: 'a second attempt' });
      assert.deepEqual(outcomes, []);
      store.fails = () => undefined;
      await settled(1);
      assert.equal(store.readings.size, 1);
      assert.equal(store.deadLetters.size, 0);
      assert.equal(events[0], `store-${code}`);
      assert.equal(events.at(-1), 'working');
    });
  }

  test('makes a dead letter of the one row that no store would take, and stores its neighbours', async () => {
    store.fails = ({ readings }) =>
      readings.some(({ source }) => source === 'poison') ? error('store-row-invalid', { what: 'odd' }) : undefined;
    for (const payload of ['a 1 1', 'b 2 2', 'poison 3 3', 'c 4 4', 'd 5 5']) take(payload);
    await settled(5);
    assert.equal(store.readings.size, 4);
    assert.equal(outcomes[2]?.rejected?.error.code, 'store-row-invalid');
    assert.deepEqual(
      outcomes.map((outcome) => outcome?.readings[0]?.value),
      [1, 2, undefined, 4, 5],
    );
  });

  test('closing commits what nobody would send again and lets go of the rest', async () => {
    make({ groupMs: 10_000 });
    take('pump 1 1', { comesAgain: true });
    take('pump 2 2', { comesAgain: false });
    await ingest.stop(1000);
    assert.deepEqual(
      [...store.readings.values()].map(({ value }) => value),
      [2],
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome?.readings[0]?.value),
      [undefined, 2],
    );
  });

  test('closing does not wait longer than told for a store that is away', async () => {
    store.fails = () => error('store-unreachable', { what: 'away' });
    take('pump 1 1', { comesAgain: false });
    await until(() => store.attempts > 0);
    await ingest.stop(50);
    await settled(1);
    assert.deepEqual(outcomes, [undefined]);
  });

  test('takes nothing in after closing', async () => {
    await ingest.stop(50);
    take('pump 1 1');
    assert.deepEqual(outcomes, [undefined]);
  });
});
