import assert from 'node:assert/strict';
import test from 'node:test';
import type { Message } from '../../dist/kit/index.js';
import { lasting, setting, untouched } from '../../dist/simulate/machine/exercise.js';
import { heardFaults } from '../../dist/simulate/machine/fault.js';
import { quantitiesOf } from '../../dist/simulate/machine/kinds.js';
import { changes } from '../../dist/simulate/simulate-machine/changes.js';
import { commandOf, fitting, obey, type Wishes } from '../../dist/simulate/simulate-machine/command.js';
import {
  chosenQuantities,
  type SimulateMachineConfig,
  soundTopicOf,
  topicsOf,
} from '../../dist/simulate/simulate-machine/settings.js';

const now = Date.UTC(2026, 4, 12, 9);
const pump = { kind: 'pump', quantities: quantitiesOf('pump') } as const;
const motor = { kind: 'motor', quantities: quantitiesOf('motor') } as const;
const fresh: Wishes = { exercise: untouched, severity: 0.5 };

const tell = (payload: unknown, wishes: Wishes = fresh, at = now, topic?: string): Wishes =>
  obey(wishes, commandOf({ payload, ...(topic ? { topic } : {}) } as Message), pump, at);
const faultsOf = (wishes: Wishes, at = now) => lasting(wishes.exercise, at);

test('a fault begins now, with the severity, sensor and times that were asked for', () => {
  const [fault] = faultsOf(tell({ fault: 'drift', severity: 0.6, quantity: 'power', over: 30, for: 300 }));
  assert.deepEqual(fault, {
    kind: 'drift',
    quantity: 'power',
    severity: 0.6,
    from: 0,
    since: now,
    until: now + 300_000,
    over: 30_000,
  });
});

test('what is not said has a default: the first sensor, half severity, the usual onset; stuck and lost are whole', () => {
  const [drift] = faultsOf(tell({ fault: 'drift' }));
  assert.deepEqual([drift?.quantity, drift?.severity, drift?.over], ['temperature', 0.5, 600_000]);
  const [lost] = faultsOf(tell({ fault: 'sensor-loss' }));
  assert.equal(lost?.severity, 1);
  const [leak] = faultsOf(tell({ fault: 'leak' }));
  assert.equal(leak?.quantity, undefined);
});

test('names are taken as people write them', () => {
  for (const name of ['loose coupling', 'Loose-Coupling', ' loose_coupling '])
    assert.equal(faultsOf(tell({ fault: name }))[0]?.kind, 'loose-coupling');
});

test('none and clear mend everything', () => {
  const broken = tell('stuck', tell('leak'));
  assert.equal(faultsOf(broken).length, 2);
  for (const mending of ['none', 'normal', { fault: 'none' }, { fault: null }, { fault: '' }, { clear: true }])
    assert.deepEqual(faultsOf(tell(mending, broken, now + 1000), now + 1000), []);
});

test('a widget needs no function node: the topic names the field', () => {
  assert.equal(faultsOf(tell('leak', fresh, now, 'fault'))[0]?.kind, 'leak');
  assert.equal(tell('0.7', fresh, now, 'severity').severity, 0.7);
  assert.equal(tell(0.9, fresh, now, 'load').exercise.settings[0]?.value, 0.9);
  assert.equal(tell(false, fresh, now, 'run').exercise.settings[0]?.value, 0);
  assert.equal(faultsOf(tell(true, tell('leak'), now + 1, 'clear'), now + 1).length, 0);
});

test('severity alone changes what lasts, and counts for the next fault', () => {
  const severer = tell({ severity: 0.9 }, tell({ fault: 'leak', severity: 0.2 }), now + 60_000);
  const [leak] = faultsOf(severer, now + 60_000);
  assert.deepEqual([leak?.severity, leak?.from], [0.9, 0.2]);
  assert.equal(faultsOf(tell('drift', severer, now + 61_000), now + 61_000)[1]?.severity, 0.9);
});

test('load, speed and running are set and given back', () => {
  const set = tell({ load: 0.8, speed: 1200, run: false });
  assert.deepEqual(
    set.exercise.settings.map(({ of, value }) => [of, value]),
    [
      ['load', 0.8],
      ['speed', 1200],
      ['run', 0],
    ],
  );
  const back = tell({ load: null, speed: null, run: true }, set, now + 1000);
  assert.ok(back.exercise.settings.every(({ until }) => until === now + 1000));
});

for (const [payload, code, problem] of [
  [{ fault: 'gremlins' }, 'simulate-fault', /no fault "gremlins".*leak, loose-coupling, drift, .*bearing-outer/],
  [{ fault: 'drift', quantity: 'humidity' }, 'simulate-quantity', /no "humidity".*temperature, vibration/],
  [{ speed: 5000 }, 'simulate-speed', /5000 rpm.*0 to 1800/],
  [{ fault: 'leak', severity: Number.NaN }, 'message-invalid', /payload\.severity/],
  [{ fault: 'leak', severity: 7 }, 'message-invalid', /payload\.severity/],
  [{ fault: 'leak', for: 0 }, 'message-invalid', /payload\.for/],
  [{ load: -1 }, 'message-invalid', /payload\.load/],
  [{ load: Number.NaN }, 'message-invalid', /payload\.load/],
  [{ speed: Number.POSITIVE_INFINITY }, 'message-invalid', /payload\.speed/],
  [{}, 'simulate-command', /fault, severity, clear/],
  [{ quantity: 'power' }, 'simulate-command', /nothing that this node does/],
  [17, 'simulate-command', /nothing that this node does/],
  [null, 'simulate-command', /nothing that this node does/],
  [Buffer.from('leak'), 'simulate-command', /nothing that this node does/],
] as const) {
  test(`${JSON.stringify(payload)} is refused with what to do, and changes nothing`, () => {
    const before = tell('leak');
    const copy = structuredClone(before);
    assert.throws(() => tell(payload, before), { code, message: problem });
    assert.deepEqual(before, copy);
  });
}

test('every fault that is heard is chosen by its name, and the noise of the room by a number', () => {
  for (const name of heardFaults) assert.equal(faultsOf(tell(name))[0]?.kind, name);
  assert.equal(faultsOf(tell('off'))[0]?.severity, 1);
  const noisy = tell(-12, fresh, now, 'noise');
  assert.deepEqual(
    noisy.exercise.settings.map(({ of, value }) => [of, value]),
    [['noise', -12]],
  );
  assert.equal(setting(tell({ noise: null }, noisy, now + 1000).exercise, 'noise', now + 2000), undefined);
  assert.throws(() => tell({ noise: 90 }), { code: 'message-invalid', message: /payload\.noise/ });
});

test('a motor has nothing that leaks, and forgets a leak that it had as a pump', () => {
  const command = commandOf({ payload: 'leak' } as Message);
  assert.throws(() => obey(fresh, command, motor, now), { code: 'simulate-fault' });
  const leaking = tell({ fault: 'drift', quantity: 'flow' }, tell('leak', tell('loose-coupling')));
  assert.deepEqual(
    fitting(leaking.exercise, motor).faults.map(({ kind }) => kind),
    ['loose-coupling'],
  );
});

test('a change is told once: what starts, gets worse, ends', () => {
  const leak = tell({ fault: 'leak', severity: 0.3 });
  const worse = tell({ fault: 'leak', severity: 0.6 }, leak, now + 1000);
  const mended = tell('none', worse, now + 2000);
  const steps = [fresh, leak, leak, worse, mended].map((wishes, i) => faultsOf(wishes, now + (i - 2) * 1000));
  const told = steps.slice(1).map((after, i) => changes(steps[i] ?? [], after).map(({ event }) => event));
  assert.deepEqual(told, [['started'], [], ['changed'], ['ended']]);
});

test('topics are made of machine and quantity, and one that cannot be is refused', () => {
  const config = { kind: 'fan', machine: 'fan-7', quantities: 'power, temperature' } as SimulateMachineConfig;
  const chosen = chosenQuantities(config);
  const topics = topicsOf({ ...config, topic: 'hall/{machine}/{quantity}/value' }, chosen);
  assert.deepEqual([...topics.values()], ['hall/fan-7/temperature/value', 'hall/fan-7/power/value']);
  assert.deepEqual([...topicsOf({ ...config, topic: 'x' }, ['power']).values()], ['x']);
  assert.throws(() => topicsOf({ ...config, topic: 'x/{machine}' }, chosen), { code: 'simulate-topic' });
  assert.throws(() => topicsOf({ ...config, topic: '{place}/{quantity}' }, chosen), /\{place\} stands for nothing/);
  assert.throws(() => chosenQuantities({ ...config, kind: 'motor', quantities: 'flow' }), {
    code: 'simulate-quantity',
  });
});

test('sound has topics of its own, with its time where they ask for it', () => {
  const config = { machine: 'fan-7', sound: true, waveform: true } as SimulateMachineConfig;
  const topic = soundTopicOf({ ...config, soundTopic: 'sound/{machine}/{quantity}/{time}' });
  assert.equal(topic('vibration', 1_700_000_000_000), 'sound/fan-7/vibration/1700000000000');
  assert.throws(() => soundTopicOf({ ...config, soundTopic: 'sound/{machine}' }), /\{quantity\} is missing/);
  assert.equal(soundTopicOf({ ...config, waveform: false, soundTopic: 'ear' })('sound', 0), 'ear');
  assert.throws(() => soundTopicOf({ ...config, soundTopic: '{place}/{quantity}' }), /\{place\} stands for nothing/);
});
