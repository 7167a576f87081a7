import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allSlots, shareOf, slotOf } from '../../dist/store/feed/slots.js';
import { reading } from '../support/stores.ts';

const slotOfSource = (source: string) => slotOf({ id: 1, ...reading(0, { source }) });

test('a source keeps its slot for good: positions on disk rely on it', () => {
  const slots = ['plant/pump-1', 'plant/pump-2', 'hall/press', '공장/펌프'].map(slotOfSource);
  assert.deepEqual(slots, [1, 4, 6, 4]);
});

test('sources spread over all slots', () => {
  const counts = Map.groupBy(
    Array.from({ length: 1_600 }, (_, i) => `plant/machine-${i}`),
    slotOfSource,
  );
  for (const slot of allSlots) {
    const sources = counts.get(slot)?.length ?? 0;
    assert.ok(sources > 50 && sources < 200, `slot ${slot} has ${sources} of 1600 sources`);
  }
});

test('a dead letter belongs to the slot of its topic', () => {
  const letter = { id: 1, node: 'n', payload: Buffer.from(''), code: 'c', reason: 'r', receivedAt: 0 };
  assert.equal(slotOf({ ...letter, topic: 'plant/pump-1' }), slotOfSource('plant/pump-1'));
});

test('members share all slots, none more than one apart, whatever their number', () => {
  for (let count = 1; count <= 20; count++) {
    const members = new Set(Array.from({ length: count }, (_, i) => `holder ${i}`));
    const shares = [...members].map((member) => shareOf(member, members));
    assert.equal(
      shares.reduce((sum, share) => sum + share),
      16,
    );
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
  }
});
