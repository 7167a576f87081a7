import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Reading } from '../../dist/kit/index.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, type Message, NodeRed } from '../support/node-red.ts';
import { ids, query, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

const tab = '0123456789abcd00';
const machine = '0123456789abcd20';
const caught = '0123456789abcd21';
const interval = 100;

interface Payload {
  readonly value: number;
  readonly unit: string;
  readonly time: number;
}

const simulated = (more: Readonly<Record<string, unknown>> = {}, to: readonly string[] = []): FlowNode => ({
  id: machine,
  type: 'percept-simulate-machine',
  z: tab,
  name: '',
  version: 1,
  machine: 'pump-1',
  kind: 'pump',
  interval: String(interval),
  topic: 'site/{machine}/{quantity}',
  ...more,
  wires: [['0123456789abcd22', ...to], ['0123456789abcd23']],
});
const probes: FlowNode[] = [
  { id: '0123456789abcd22', type: 'test-probe', z: tab, name: 'wire', wires: [] },
  { id: '0123456789abcd23', type: 'test-probe', z: tab, name: 'notes', wires: [] },
  { id: caught, type: 'catch', z: tab, name: '', scope: [machine], uncaught: false, wires: [['0123456789abcd24']] },
  { id: '0123456789abcd24', type: 'test-probe', z: tab, name: 'caught', wires: [] },
];

const memoryOf = (nodeRed: NodeRed): string => join(nodeRed.userDir, 'percept', `simulate-${machine}.json`);
const shown = (nodeRed: NodeRed, quantity: string): Payload[] =>
  nodeRed
    .messages('wire')
    .filter(({ topic }) => topic === `site/pump-1/${quantity}`)
    .map(({ payload }) => payload as Payload);
const newest = (nodeRed: NodeRed, quantity: string): Payload | undefined => shown(nodeRed, quantity).at(-1);
const errorOf = (msg: Message | undefined): string => (msg?.['error'] as Error | undefined)?.message ?? '';
interface Note {
  readonly event: string;
  readonly since: number;
}

const notes = (nodeRed: NodeRed): Note[] => nodeRed.messages('notes').map(({ payload }) => payload as Note);
const events = (nodeRed: NodeRed): string[] => notes(nodeRed).map(({ event }) => event);

interface Stretch {
  readonly quantity: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

const stored = (nodeRed: NodeRed): Stretch[] =>
  query<Stretch>(
    nodeRed,
    `select quantity, count(*) as count, min(time) as first, max(time) as last
     from reading join series on series.id = series_id group by series_id order by quantity`,
  );
const whole = ({ count, first, last }: Stretch): boolean => count === (last - first) / interval + 1;

// each has a Node-RED of its own, and waits for the machine's time: at once
describe('simulate machine', { concurrency: true }, () => {
  describe('on a wire', { concurrency: 1 }, () => {
    let userDir: string;
    let nodeRed: NodeRed;
    const flow = sensorFlow({ more: [simulated({ shifts: '0' }, [ids.sensor]), ...probes] });

    before(async () => {
      userDir = mkdtempSync(join(tmpdir(), 'simulate-node-'));
      nodeRed = await NodeRed.start({ flow, userDir });
    });
    after(async () => {
      await nodeRed.stop();
      rmSync(userDir, { recursive: true, force: true });
    });

    test('sends what sensor in takes: each quantity at each instant, stored as it was sent', async () => {
      await until(() => nodeRed.messages('stored').length >= 60, { what: 'readings to be stored' });
      const sent = nodeRed.messages('wire')[7] ?? {};
      const { value, unit, time } = sent.payload as Payload;
      const reading = nodeRed
        .messages('stored')
        .map((msg) => msg['reading'] as Reading)
        .find((one) => one.time === time && sent.topic === `site/${one.source}/${one.quantity}`);
      assert.deepEqual([reading?.value, reading?.unit, reading?.source], [value, unit, 'pump-1']);
      const { id, receivedAt, ...rest } = reading as Reading;
      const { receivedAt: sentAt, ...own } = sent['reading'] as Reading;
      assert.deepEqual(own, rest);
      assert.ok(id > 0 && receivedAt >= sentAt - 1);
      assert.deepEqual(
        stored(nodeRed).map(({ quantity }) => quantity),
        ['flow', 'power', 'pressure', 'speed', 'temperature', 'vibration'],
      );
      assert.deepEqual(nodeRed.messages('rejected'), []);
    });

    test('says in its status how it goes', async () => {
      const status = await until(() => nodeRed.status(machine));
      assert.match(status.text ?? '', /^running, \d+ % load$/);
      assert.deepEqual([status.fill, status.shape], ['green', 'dot']);
    });

    test('a fault shows in readings and status, and is noted on the second output alone', async () => {
      const { value } = await until(() => newest(nodeRed, 'pressure'));
      nodeRed.inject(machine, { payload: { fault: 'leak', severity: 0.6, over: 0.5 } });
      await until(() => (newest(nodeRed, 'pressure')?.value ?? value) < 0.9 * value, { what: 'pressure to fall' });
      await until(() => nodeRed.status(machine)?.text === 'leak 60 %', { what: 'the status' });
      const note = nodeRed.messages('notes').at(-1);
      assert.deepEqual(
        { ...(note?.payload as object), since: 0 },
        {
          event: 'started',
          machine: 'pump-1',
          fault: 'leak',
          severity: 0.6,
          since: 0,
          text: 'pump-1: leak of 60 % began',
        },
      );
      assert.equal(note?.topic, 'pump-1');
      assert.ok(nodeRed.messages('wire').every((msg) => msg['reading']));
    });

    test('a fault that it cannot have is an error for the Catch node, and nothing changes', async () => {
      const before = events(nodeRed).length;
      nodeRed.inject(machine, { payload: { fault: 'gremlins' } });
      await until(() => errorOf(nodeRed.messages('caught')[0]).includes('Send one of leak, loose-coupling'));
      await until(() => nodeRed.status(machine)?.text === 'no such fault', { what: 'the status' });
      nodeRed.inject(machine, { payload: { fault: 'leak', severity: Number.NaN } });
      await until(() => nodeRed.messages('caught').some((msg) => errorOf(msg).includes('msg.payload.severity')));
      await until(() => nodeRed.status(machine)?.text === 'leak 60 %', { what: 'the state to come back' });
      assert.equal(events(nodeRed).length, before);
    });

    test('a kill and a start later the fault goes on, and no instant is missing', async () => {
      await nodeRed.kill();
      await nodeRed.again();
      const again = Date.now();
      await until(() => (newest(nodeRed, 'pressure')?.time ?? 0) > again, { what: 'what was missed, and what is now' });
      await until(() => nodeRed.status(machine)?.text === 'leak 60 %');
      const times = [...new Set(shown(nodeRed, 'pressure').map(({ time }) => time))].sort((a, b) => a - b);
      const steps = new Set(times.slice(1).map((time, i) => time - (times[i] ?? 0)));
      assert.equal(steps.size, 1, `steps of ${[...steps].join(', ')} ms`);
      assert.equal(events(nodeRed).filter((event) => event === 'started').length, 1);
    });

    test('redeployed it goes on once, at its pace, and the old one leaves no timer', async () => {
      await nodeRed.deploy(flow);
      await nodeRed.deploy(flow);
      const from = nodeRed.messages('wire').length;
      await until(() => nodeRed.messages('wire').length > from + 120, { what: 'twenty instants' });
      const times = shown(nodeRed, 'speed')
        .slice(-20)
        .map(({ time }) => time);
      assert.equal(new Set(times).size, times.length);
      await until(() => nodeRed.status(machine)?.text === 'leak 60 %', { what: 'the status' });
    });

    test('mended by the word none, as a drop-down sends it', async () => {
      nodeRed.inject(machine, { topic: 'fault', payload: 'none' });
      await until(() => events(nodeRed).at(-1) === 'ended');
      await until(() => /^running/.test(nodeRed.status(machine)?.text ?? ''));
    });

    test('a sensor that is lost falls silent alone, and comes back by itself', async () => {
      nodeRed.inject(machine, { payload: { fault: 'sensor-loss', quantity: 'flow', for: 2 } });
      await until(() => events(nodeRed).at(-1) === 'started');
      const since = notes(nodeRed).at(-1)?.since ?? 0;
      await until(() => events(nodeRed).at(-1) === 'ended', { what: 'the end of the loss' });
      await until(() => (newest(nodeRed, 'flow')?.time ?? 0) > since + 2000);
      const within = (quantity: string): number =>
        shown(nodeRed, quantity).filter(({ time }) => time > since && time <= since + 2000).length;
      assert.deepEqual([within('flow'), within('power')], [0, 20]);
    });

    test('load and running are in the hands of whoever sends them', async () => {
      nodeRed.inject(machine, { topic: 'load', payload: 0.3 });
      await until(() => nodeRed.status(machine)?.text === 'running, 30 % load');
      nodeRed.inject(machine, { payload: { run: false } });
      await until(() => nodeRed.status(machine)?.text === 'switched off', {
        ms: 60_000,
        what: 'the machine to run down',
      });
      assert.equal(nodeRed.status(machine)?.fill, 'grey');
      await until(() => newest(nodeRed, 'power')?.value === 0.044 || (newest(nodeRed, 'power')?.value ?? 1) < 0.05);
    });

    test('what it remembers goes with it', async () => {
      assert.ok(existsSync(memoryOf(nodeRed)));
      await nodeRed.deploy(flow.filter(({ id }) => id !== machine));
      await until(() => !existsSync(memoryOf(nodeRed)));
    });

    test('an interval of 0 is refused with the setting named', async () => {
      await nodeRed.deploy(sensorFlow({ more: [simulated({ interval: '0' }), ...probes] }));
      await until(() =>
        nodeRed
          .messages('caught')
          .some((msg) => errorOf(msg).includes('The setting "interval" does not fit: it may be integer (>= 100')),
      );
    });
  });

  describe('over MQTT', { skip: needs('mosquitto'), concurrency: 1 }, () => {
    let broker: Mosquitto;
    let userDir: string;
    let nodeRed: NodeRed;

    before(async () => {
      broker = await Mosquitto.start();
      userDir = mkdtempSync(join(tmpdir(), 'simulate-node-'));
      nodeRed = await NodeRed.start({
        userDir,
        flow: sensorFlow({
          broker: { port: String(broker.port) },
          more: [simulated({ broker: ids.broker, backlog: '1', quantities: 'temperature,power' }), ...probes],
        }),
      });
    });
    after(async () => {
      await nodeRed.stop();
      await broker.stop();
      rmSync(userDir, { recursive: true, force: true });
    });

    const caughtUp = (): boolean =>
      stored(nodeRed).length === 2 && stored(nodeRed).every((one) => whole(one) && one.last > Date.now() - 2000);

    test('publishes as a gateway would: the time before its start, then what is now, every instant once', async () => {
      await until(caughtUp, { ms: 30_000, what: 'every instant to be stored' });
      assert.ok(stored(nodeRed).every(({ count }) => count > 550));
      assert.deepEqual(
        stored(nodeRed).map(({ quantity }) => quantity),
        ['power', 'temperature'],
      );
      const live = shown(nodeRed, 'power');
      assert.ok(live.length > 550, 'the wire begins with the time before, too');
      const { value, time } = live[0] as Payload;
      const [row] = await until(() => {
        const rows = query<{ value: number }>(
          nodeRed,
          `select value from reading join series on series.id = series_id where quantity = 'power' and time = ${time}`,
        );
        return rows.length > 0 ? rows : undefined;
      });
      assert.equal(row?.value, value, 'the same number on the wire and over MQTT');
    });

    test('while the broker is away it says so and goes on; then nothing is missing', async () => {
      await broker.halt();
      await until(() => nodeRed.status(machine)?.text === 'no broker', { what: 'the status' });
      const told = (): number =>
        nodeRed.messages('caught').filter((msg) => errorOf(msg).includes('published afterwards')).length;
      await until(() => told() > 0);
      nodeRed.inject(machine, { payload: { fault: 'drift', quantity: 'power', over: 0 } });
      const from = nodeRed.messages('wire').length;
      await until(() => nodeRed.messages('wire').length > from + 40, { what: 'the wire to go on' });
      assert.equal(nodeRed.status(machine)?.text, 'no broker');
      assert.equal(told(), 1, 'told once, not at every attempt');
      await broker.restart();
      await until(caughtUp, { ms: 60_000, what: 'what was missed' });
      await until(() => nodeRed.status(machine)?.text === 'drift 50 %', { what: 'the status to say the fault again' });
      await until(() => /what was missed meanwhile is published now/.test(nodeRed.log), { what: 'the log to tell' });
    });

    test('killed and started again, it publishes what was missed meanwhile, with the fault in it', async () => {
      await nodeRed.kill();
      const at = Date.now();
      await until(() => Date.now() > at + 3000, { what: 'some instants to pass' });
      await nodeRed.again();
      await until(caughtUp, { ms: 60_000, what: 'what was missed' });
      const memory = JSON.parse(readFileSync(memoryOf(nodeRed), 'utf8')) as {
        exercise: { faults: { kind: string }[] };
      };
      assert.deepEqual(
        memory.exercise.faults.map(({ kind }) => kind),
        ['drift'],
      );
    });
  });

  test('a topic that the broker refuses is told, and the others go on', { skip: needs('mosquitto') }, async () => {
    const broker = await Mosquitto.start({ acl: 'topic write site/pump-1/power\ntopic read #\n' });
    const nodeRed = await NodeRed.start({
      flow: sensorFlow({
        broker: { port: String(broker.port) },
        more: [simulated({ broker: ids.broker, quantities: 'temperature,power' }), ...probes],
      }),
    });
    try {
      await until(() => nodeRed.status(machine)?.text === 'topic refused');
      assert.match(
        errorOf(await until(() => nodeRed.messages('caught')[0])),
        /site\/pump-1\/temperature.*access list/s,
      );
      await until(() => (stored(nodeRed)[0]?.count ?? 0) > 20, { what: 'the other topic to go on' });
      assert.deepEqual(
        stored(nodeRed).map(({ quantity }) => quantity),
        ['power'],
      );
      assert.equal(nodeRed.messages('caught').length, 1);
    } finally {
      await nodeRed.stop();
      await broker.stop();
    }
  });
});
