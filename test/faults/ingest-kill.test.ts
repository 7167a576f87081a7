import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FaultBench, type FaultOptions } from '../support/fault-bench.ts';
import { needs } from '../support/needs.ts';
import { ids } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

async function trials(
  count: number,
  options: FaultOptions,
  fault: (bench: FaultBench) => Promise<void>,
): Promise<void> {
  const bench = await FaultBench.start(options);
  try {
    for (let i = 0; i < count; i++) {
      const { sent, lost, duplicated } = await bench.trial(1000, 1000, async () => {
        // somewhere in the middle of the stream
        await bench.sent(200 + Math.random() * 600);
        await fault(bench);
      });
      assert.deepEqual({ sent, lost, duplicated }, { sent: 1000, lost: 0, duplicated: 0 }, `trial ${i + 1}`);
    }
  } finally {
    await bench.stop();
  }
}

describe('nothing is lost and nothing stored twice', { skip: needs('mosquitto') }, () => {
  test('when Node-RED is killed in mid-stream', { timeout: 90_000 }, () =>
    trials(2, { database: 'sqlite', peer: false }, async ({ nodeRed }) => {
      await nodeRed.kill();
      await nodeRed.again();
    }),
  );

  test('when the broker is killed in mid-stream', { timeout: 90_000 }, () =>
    trials(2, { database: 'sqlite', peer: false }, async ({ broker }) => {
      await broker.kill();
      await broker.restart();
    }),
  );

  test('when PostgreSQL crashes and comes back', { skip: needs('postgresql'), timeout: 90_000 }, () =>
    trials(2, { database: 'postgres', peer: false }, async ({ postgres, nodeRed }) => {
      await postgres?.crash();
      await until(() => nodeRed.status(ids.sensor)?.fill === 'red', { what: 'the node to tell' });
      await postgres?.restart();
    }),
  );

  test('when PostgreSQL is lost and its standby promoted', { skip: needs('postgresql'), timeout: 90_000 }, () =>
    trials(1, { database: 'postgres', standby: true, peer: false }, async ({ postgres }) => {
      await postgres?.crash();
      postgres?.promote();
    }),
  );
});
