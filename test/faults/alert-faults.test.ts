import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startPostgres } from '../servers/postgres.ts';
import { alertFaults, alertFaultTrial, twoDesks } from '../support/alert-fault-kinds.ts';
import type { AlertFaultResult } from '../support/alert-faults.ts';
import { needs } from '../support/needs.ts';

const alerts = 6;

function assertWhole(result: AlertFaultResult): void {
  const { lost, doubled, disordered } = result;
  assert.deepEqual({ lost, doubled, disordered }, { lost: 0, doubled: 0, disordered: 0 }, JSON.stringify(result));
}

describe('no alert is lost, none is told twice unmarked, and all in order', { concurrency: 2 }, () => {
  // the others are in the bench of this name
  for (const fault of alertFaults.filter(({ name }) => ['kill-at-a-step', 'clock', 'silent'].includes(name))) {
    test(`when this happens: ${fault.name}`, async () => assertWhole(await alertFaultTrial(fault, alerts)));
  }

  test('when one of two processes on one PostgreSQL dies', { skip: needs('postgresql') }, async () => {
    const server = await startPostgres();
    try {
      assertWhole(await alertFaultTrial(twoDesks, alerts, await server.database()));
    } finally {
      await server.stop();
    }
  });
});
