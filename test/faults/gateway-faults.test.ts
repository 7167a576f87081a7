import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Disk, noDisk } from '../support/disk.ts';
import { fill, GatewayBench } from '../support/gateway-bench.ts';
import { needs } from '../support/needs.ts';
import { noCompiler } from '../support/power-cut.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;

async function trials(
  bench: GatewayBench,
  count: number,
  fault: (bench: GatewayBench) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const result = await bench.trial(600, { perSecond: 1000, span: 3 * day }, async () => {
      const some = bench.taken + 50 + Math.random() * 350;
      await until(() => bench.taken > some, { what: 'some of the readings to be taken in' });
      await fault(bench);
    });
    const whole = { sent: 600, lost: 0, duplicated: 0, disordered: 0, refused: 0 };
    assert.deepEqual(result, whole, `trial ${i + 1}`);
  }
}

/** Until the gateway has noticed. */
async function cut(bench: GatewayBench, how: 'reset' | 'silent'): Promise<void> {
  bench.line.cut(how);
  await until(() => bench.figures.link !== 'up', { what: 'the gateway to notice' });
  bench.line.join();
}

describe('through a gateway nothing is lost, doubled or out of order', { skip: needs('mosquitto') }, () => {
  let bench: GatewayBench;
  before(async () => {
    bench = await GatewayBench.start();
  });
  after(() => bench?.stop());

  test('when the link is cut and both ends notice', { timeout: 90_000 }, () =>
    trials(bench, 1, () => cut(bench, 'reset')),
  );

  test('when the link goes silent', { timeout: 90_000 }, () => trials(bench, 1, () => cut(bench, 'silent')));

  test('when the gateway is killed in mid-stream', { timeout: 90_000 }, () =>
    trials(bench, 2, () => bench.killGateway()),
  );

  test('when the broker is restarted', { timeout: 90_000 }, () =>
    trials(bench, 1, async ({ broker }) => {
      await broker.halt();
      await broker.restart();
    }),
  );

  test('when the power goes and what was not synced with it', { skip: noCompiler(), timeout: 120_000 }, async () => {
    const powered = await GatewayBench.start({ power: true });
    try {
      await trials(powered, 3, () => powered.cutPower());
    } finally {
      await powered.stop();
    }
  });

  test('when the disk is full, as what was refused is brought again', { skip: noDisk(), timeout: 90_000 }, async () => {
    const disk = Disk.mount(4);
    assert.ok(disk);
    const ballast = join(disk.path, 'ballast');
    const full = await GatewayBench.start({ folder: disk.path });
    try {
      const { refused, ...result } = await full.trial(600, { perSecond: 1000, span: day, window: 1 }, async () => {
        full.line.cut('reset');
        fill(ballast);
        await until(() => full.refused.length > 0, { what: 'a message to be refused' });
        rmSync(ballast);
        full.line.join();
      });
      assert.ok(refused > 0);
      assert.deepEqual(result, { sent: 600, lost: 0, duplicated: 0, disordered: 0 });
      assert.match(JSON.stringify(full.refused[0]), /disk of the outbox .* is full/);
    } finally {
      await full.stop();
      disk.remove();
    }
  });
});
