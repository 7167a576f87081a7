import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed, root } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const interval = 100;
/** Of the recording, ms; long enough that it doesn't begin again. */
const recorded = { interval: 50, rows: 5000 };
const flow = JSON.parse(readFileSync(join(root, 'flows/machines.json'), 'utf8')) as (FlowNode & { machine?: string })[];
const idOf = (type: string, machine?: string): string =>
  flow.find((node) => node.type === type && (machine === undefined || node.machine === machine))?.id as string;

function rows<Row>(nodeRed: NodeRed, sql: string): Row[] {
  const db = new DatabaseSync(join(nodeRed.userDir, 'percept/percept.sqlite'), { readOnly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

function recording(): string {
  const folder = mkdtempSync(join(tmpdir(), 'percept-recording-'));
  const lines = Array.from({ length: recorded.rows }, (_, i) => {
    const at = new Date(Date.UTC(2024, 4, 1) + i * recorded.interval).toISOString();
    return `${at},${(40 + 5 * Math.sin(i / 40) + (i % 7) / 10).toFixed(2)}`;
  });
  writeFileSync(join(folder, 'line-7.csv'), ['time,current', ...lines].join('\n'));
  return folder;
}

test('the line is cut, a machine breaks, the line is joined: every reading arrives, and the fault stands where it began', {
  skip: needs('mosquitto'),
}, async () => {
  const folder = recording();
  const broker = await Mosquitto.start();
  const nodeRed = await NodeRed.start({
    // as shipped, but for the pace
    flow: flow.map((node) => (node.type === 'percept-simulate-machine' ? { ...node, interval } : node)),
    packages: {
      '@flowfuse/node-red-dashboard': join(root, 'node_modules/@flowfuse/node-red-dashboard'),
      '@percept/node-red-dashboard-2-percept': join(root, 'nodes/dashboard'),
    },
    env: { PERCEPT_MQTT_PORT: String(broker.port), PERCEPT_REPLAY_FILE: join(folder, 'line-7.csv') },
  });
  try {
    const gateway = idOf('percept-gateway');
    const replayed = (): number =>
      rows<{ n: number }>(
        nodeRed,
        "select count(*) as n from reading join series on series.id = series_id where source = 'line-7' and quantity = 'current'",
      )[0]?.n ?? 0;
    const stored = (): number => rows<{ n: number }>(nodeRed, 'select count(*) as n from reading')[0]?.n ?? 0;
    const watching = (): boolean => /^(watching|\d+ unusual)/.test(nodeRed.status(idOf('percept-outlier'))?.text ?? '');
    await until(watching, { ms: 60_000, what: 'every series to be past its warm-up' });
    const newest = (): number => rows<{ t: number }>(nodeRed, 'select max(time) as t from reading')[0]?.t ?? 0;
    await until(() => newest() > Date.now() - 1000, { ms: 60_000, what: 'the time before the start to be in' });

    nodeRed.inject(gateway, { control: 'cut' });
    await until(() => nodeRed.status(gateway)?.text?.includes('cut'), { what: 'the line to be cut' });
    const before = stored();
    const replayedBefore = replayed();
    assert.ok(replayedBefore > 0, 'the recording comes through the gateway');
    const broken = Date.now();
    nodeRed.inject(idOf('percept-simulate-machine', 'pump-3'), {
      payload: { fault: 'stuck', quantity: 'temperature' },
    });
    await until(() => Number(nodeRed.status(gateway)?.text?.match(/\d+/)?.[0]) > 400, {
      ms: 30_000,
      what: 'the outbox to fill',
    });
    assert.equal(stored(), before);

    nodeRed.inject(gateway, { control: 'join' });
    const finding = await until(
      () =>
        rows<{ since: number; reasons: string }>(
          nodeRed,
          "select since, reasons from finding where kind = 'stuck' and source = 'pump-3' and quantity = 'temperature'",
        )[0],
      { ms: 30_000, what: 'the finding' },
    );
    assert.ok(Math.abs(finding.since - broken) <= 1000, `${finding.since} instead of ${broken}`);
    assert.match(finding.reasons, /repeated one value/);
    await until(() => stored() >= before + 400, { what: 'the outbox to drain' });
    await until(() => replayed() > replayedBefore, { what: 'what waited of the recording' });

    const holes = rows<{ source: string; time: number; gap: number }>(
      nodeRed,
      `select * from (select source, time, time - lag(time) over (partition by series_id order by time) as gap
         from reading join series on series.id = series_id)
       where gap <> case source when 'line-7' then ${recorded.interval} else ${interval} end`,
    );
    assert.deepEqual(holes, []);
  } finally {
    await nodeRed.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
