import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disk, noDisk } from '../support/disk.ts';
import { fill, GatewayBench, type GatewayBenchOptions } from '../support/gateway-bench.ts';
import { needs } from '../support/needs.ts';
import { noCompiler } from '../support/power-cut.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;

async function trials(
  count: number,
  options: GatewayBenchOptions,
  fault: (bench: GatewayBench) => Promise<void>,
): Promise<void> {
  const bench = await GatewayBench.start(options);
  try {
    for (let i = 0; i < count; i++) {
      const result = await bench.trial(600, { perSecond: 1000, span: 3 * day }, async () => {
        await sleep(100 + Math.random() * 400);
        await fault(bench);
      });
      const whole = { sent: 600, lost: 0, duplicated: 0, disordered: 0, refused: 0 };
      assert.deepEqual(result, whole, `trial ${i + 1}`);
    }
  } finally {
    await bench.stop();
  }
}

describe('through a gateway nothing is lost, doubled or out of order', { skip: needs('mosquitto') }, () => {
  test('when the link is cut and both ends notice', { timeout: 90_000 }, () =>
    trials(1, {}, async ({ line }) => {
      line.cut('reset');
      await sleep(1000);
      line.join();
    }),
  );

  test('when the link goes silent', { timeout: 90_000 }, () =>
    trials(1, {}, async ({ line }) => {
      line.cut('silent');
      await sleep(1000);
      line.join();
    }),
  );

  test('when the gateway is killed in mid-stream', { timeout: 90_000 }, () =>
    trials(2, {}, (bench) => bench.killGateway()),
  );

  test('when the power goes and what was not synced with it', { skip: noCompiler(), timeout: 120_000 }, () =>
    trials(3, { power: true }, (bench) => bench.cutPower()),
  );

  test('when the disk is full, as what was refused is brought again', { skip: noDisk(), timeout: 90_000 }, async () => {
    const disk = Disk.mount(4);
    assert.ok(disk);
    const ballast = join(disk.path, 'ballast');
    const bench = await GatewayBench.start({ folder: disk.path });
    try {
      const { refused, ...result } = await bench.trial(600, { perSecond: 1000, span: day, window: 1 }, async () => {
        bench.line.cut('reset');
        fill(ballast);
        await until(() => bench.refused.length > 0, { what: 'a message to be refused' });
        rmSync(ballast);
        bench.line.join();
      });
      assert.ok(refused > 0);
      assert.deepEqual(result, { sent: 600, lost: 0, duplicated: 0, disordered: 0 });
      assert.match(JSON.stringify(bench.refused[0]), /disk of the outbox .* is full/);
    } finally {
      await bench.stop();
      disk.remove();
    }
  });

  test('when the broker is restarted', { timeout: 90_000 }, () =>
    trials(1, {}, async ({ broker }) => {
      await broker.halt();
      await broker.restart();
    }),
  );
});
