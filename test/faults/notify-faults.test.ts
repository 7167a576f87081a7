import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../support/needs.ts';
import { NotifyFaultSeries, notifyFaults } from '../support/notify-fault-kinds.ts';

const alerts = 4;

describe('through alert and notify nothing is lost, sent twice unmarked, or out of order', { concurrency: 2 }, () => {
  // the others are in the bench of this name
  const those = ['kill-at-a-step', 'down-for-an-hour', 'slow', 'one-of-two'];
  for (const fault of notifyFaults.filter(({ name }) => those.includes(name))) {
    test(`when this happens: ${fault.name}`, { skip: fault.postgres ? needs('postgresql') : false }, async () => {
      const series = await NotifyFaultSeries.start(fault);
      try {
        const result = await series.trial(alerts);
        const { lost, doubled, disordered } = result;
        assert.deepEqual({ lost, doubled, disordered }, { lost: 0, doubled: 0, disordered: 0 }, JSON.stringify(result));
      } finally {
        await series.stop();
      }
    });
  }
});
