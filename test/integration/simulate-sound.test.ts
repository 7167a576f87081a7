import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Reading, Sound, Spectrogram } from '../../dist/kit/index.js';
import { isWav } from '../../dist/kit/wav.js';
import { seedOf } from '../../dist/simulate/machine/noise.js';
import { bearingOrders, geometryOf } from '../../dist/simulate/sound/index.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { ids, query, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const tab = '0123456789abcd00';
const machine = '0123456789abcd20';
const spectrogram = '0123456789abcd21';
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
const probes = ['readings', 'notes', 'sound', 'vibration', 'seen'].map((name, i) => probe(`0123456789abcd3${i}`, name));
const [readings, notes, sound, vibration, seen] = probes.map(({ id }) => [id]);

const simulated = (more: Readonly<Record<string, unknown>>): FlowNode => ({
  id: machine,
  type: 'percept-simulate-machine',
  z: tab,
  name: '',
  version: 1,
  machine: 'pump-1',
  kind: 'pump',
  shifts: '0',
  sampleRate: '8000',
  ...more,
  wires: [readings, notes, sound, vibration],
});

interface Row {
  readonly source: string;
  readonly quantity: string;
  readonly time: number;
  readonly clock: string;
  readonly key: string;
}
const stored = (nodeRed: NodeRed): Row[] =>
  query<Row>(nodeRed, 'select source, quantity, time, clock, key from recording order by time, quantity');

const flowOf = (broker: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>>): FlowNode[] => {
  const flow = sensorFlow({
    broker,
    sensor: { format: 'binary', topic: 'sound/+machine/+quantity', bucket: ids.bucket },
    more: [
      { id: ids.bucket, type: 'percept-bucket', name: '', version: 1, folder: 'bucket' },
      simulated({ broker: ids.broker, ...more }),
      { id: spectrogram, type: 'percept-spectrogram', z: tab, preset: 'vibration', wires: [seen] },
      ...probes,
    ],
  });
  return flow.map((node) =>
    node.id === ids.sensor ? { ...node, wires: [[ids.stored, spectrogram], [ids.rejected]] } : node,
  );
};

/** dB at multiples of a frequency, and half-way between them. */
function comb({ data, bands, shape }: Spectrogram, frequency: number): { at: number; between: number } {
  const [, frames] = shape;
  const levels = new Float32Array(Uint8Array.from(data).buffer);
  const step = (bands[1] ?? 0) - (bands[0] ?? 0);
  const strongest = (hertz: number): number => {
    const bin = Math.round((hertz - (bands[0] ?? 0)) / step);
    let sum = 0;
    for (let frame = 0; frame < frames; frame++)
      for (let i = bin - 1; i <= bin + 1; i++) sum += 10 ** ((levels[frame * bands.length + i] as number) / 10);
    return 10 * Math.log10(sum / frames);
  };
  const mean = (orders: readonly number[]): number =>
    orders.reduce((sum, order) => sum + strongest(order * frequency), 0) / orders.length;
  return { at: mean([2, 3, 4, 5]), between: mean([2.5, 3.5, 4.5]) };
}

// each has a Node-RED of its own, and waits for the machine's time: at once
describe('a simulated machine', { concurrency: true }, () => {
  describe('that is listened to', { skip: needs('mosquitto'), concurrency: 1 }, () => {
    let broker: Mosquitto;
    let nodeRed: NodeRed;

    before(async () => {
      broker = await Mosquitto.start();
      nodeRed = await NodeRed.start({ flow: flowOf({ port: String(broker.port) }, { waveform: true, seed: '2' }) });
    });
    after(async () => {
      await nodeRed.stop();
      await broker.stop();
    });

    const spectra = (): Spectrogram[] => nodeRed.messages('seen').map((msg) => msg['spectrogram'] as Spectrogram);

    test('its vibration is stored by sensor in as a recording of its own time, second by second', async () => {
      nodeRed.inject(machine, { payload: { load: 0.8 } });
      const rows = await until(
        () => {
          const all = stored(nodeRed);
          return all.length >= 4 ? all : undefined;
        },
        { ms: 60_000, what: `recordings: ${nodeRed.log}` },
      );
      for (const { source, quantity, time, clock, key } of rows) {
        assert.deepEqual([source, quantity, clock], ['pump-1', 'vibration', 'ok']);
        assert.equal(time % 1000, 0);
        assert.ok(isWav(readFileSync(join(nodeRed.userDir, 'bucket', key))));
      }
      const [sent] = nodeRed.messages('vibration');
      const own = sent?.['sound'] as Sound;
      assert.deepEqual([own.source, own.sampleRate, own.channels, own.format], ['pump-1', 8000, 1, 'f32le']);
      assert.equal(own.samples.length, 4 * 8000);
      assert.equal(sent?.topic, 'sound/pump-1/vibration');
      const row = rows.find(({ time }) => time === own.time);
      const file = readFileSync(join(nodeRed.userDir, 'bucket', row?.key ?? ''));
      assert.deepEqual(file, Buffer.from(sent?.payload as Uint8Array), 'the same on the wire and over MQTT');
      assert.equal(nodeRed.messages('rejected').length, 0);
      assert.equal(nodeRed.messages('sound').length, 0);
    });

    test('a broken bearing shows in the spectrogram at its own frequency, and in the numbers', async () => {
      const speed = await until(() =>
        nodeRed
          .messages('readings')
          .map((msg) => msg['reading'] as Reading)
          .findLast(({ quantity }) => quantity === 'speed'),
      );
      const { bearing } = geometryOf(seedOf('pump-1', 2), 'pump');
      const frequency = (speed.value / 60) * bearingOrders(bearing).outer;
      const good = comb(await until(() => spectra().at(-1), { ms: 30_000 }), frequency);
      const shaking = (): number =>
        nodeRed
          .messages('readings')
          .map((msg) => msg['reading'] as Reading)
          .findLast(({ quantity }) => quantity === 'vibration')?.value ?? 0;
      const calm = shaking();

      nodeRed.inject(machine, { payload: { fault: 'bearing-outer', severity: 1, over: 0 } });
      const bad = await until(
        () => {
          const last = spectra().at(-1);
          const found = last && comb(last, frequency);
          return found && found.at > good.at + 8 ? found : undefined;
        },
        { ms: 60_000, what: `lines at multiples of ${frequency.toFixed(1)} Hz` },
      );
      assert.ok(bad.at - good.at > bad.between - good.between + 6, JSON.stringify({ good, bad }));
      await until(() => nodeRed.status(machine)?.text === 'outer race 100 %', { what: 'the status' });
      await until(() => shaking() > 1.5 * calm, { ms: 30_000, what: 'the vibration to rise' });
    });

    test('while the broker is away its sound is not kept: what comes later is what is heard later', async () => {
      await broker.halt();
      await until(() => nodeRed.status(machine)?.text === 'no broker', { what: 'the status' });
      const away = Date.now();
      const from = nodeRed.messages('vibration').length;
      await until(() => nodeRed.messages('vibration').length > from + 8, { ms: 60_000, what: 'the wire to go on' });
      const back = Date.now();
      await broker.restart();
      await until(() => (stored(nodeRed).at(-1)?.time ?? 0) > back, { ms: 60_000, what: 'what is heard now' });
      const missed = stored(nodeRed).filter(({ time }) => time > away && time < back - 1000);
      assert.ok(missed.length <= 4, `${missed.length} of ${Math.floor((back - away) / 1000)} s came later`);
    });
  });

  test('over MQTT 3.1.1, whose messages have no properties, sound and vibration keep their times as well', {
    skip: needs('mosquitto'),
  }, async () => {
    const broker = await Mosquitto.start();
    const nodeRed = await NodeRed.start({
      flow: flowOf({ port: String(broker.port), mqttVersion: '4' }, { sound: true, waveform: true, stretch: '0.8' }),
    });
    try {
      await until(() => stored(nodeRed).length >= 6, { ms: 60_000, what: nodeRed.log });
      const rows = stored(nodeRed);
      assert.deepEqual([...new Set(rows.map(({ quantity }) => quantity))].sort(), ['sound', 'vibration']);
      assert.ok(rows.every(({ time, clock }) => time % 800 === 0 && clock === 'ok'));
      const heard = await until(() => nodeRed.messages('sound')[0]);
      assert.equal((heard['sound'] as Sound).format, 's16le');
      assert.equal(nodeRed.messages('rejected').length, 0);
    } finally {
      await nodeRed.stop();
      await broker.stop();
    }
  });

  test('that nobody listens to sends readings alone', async () => {
    const nodeRed = await NodeRed.start({
      flow: [{ id: tab, type: 'tab', label: 'test' }, simulated({ interval: '100' }), ...probes],
    });
    try {
      await until(() => nodeRed.messages('readings').length > 60, { what: 'ten instants' });
      assert.equal(nodeRed.messages('sound').length + nodeRed.messages('vibration').length, 0);
    } finally {
      await nodeRed.stop();
    }
  });
});
