import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Message } from '../../dist/kit/index.js';
import type { Bad, Item, Recording } from '../../dist/sensor/replay/item.js';
import { Player, type PlayerSettings, type PlayerState } from '../../dist/sensor/replay/player.js';
import { until } from '../support/until.ts';

interface Sent {
  readonly n: number;
  readonly time: number;
  readonly at: number;
}

const recorded = Date.UTC(2020, 1, 8);

/** Items `gap` ms apart, numbered. */
function numbered(count: number, gap: number, timed = true): Recording {
  return async function* () {
    for (let n = 0; n < count; n++) {
      const messages = (time: number): Message[] => [{ payload: { n, time } } as Partial<Message> as Message];
      yield { kind: 'playable', ...(timed ? { time: recorded + n * gap } : {}), messages };
    }
  };
}

function playing(
  t: TestContext,
  recording: Recording,
  settings: Partial<PlayerSettings> = {},
  onSent: (n: number) => void = () => undefined,
) {
  const sent: Sent[] = [];
  const bad: Bad[] = [];
  const states: PlayerState[] = [];
  const failures: unknown[] = [];
  const player = new Player(
    recording,
    {
      speed: 1,
      interval: 10,
      longestGap: 0,
      stepped: false,
      loop: false,
      original: false,
      jitter: 0,
      loss: 0,
      seed: 1,
      ...settings,
    },
    {
      play: (messages) => {
        for (const { payload } of messages) {
          const one = payload as { n: number; time: number };
          sent.push({ ...one, at: Date.now() });
          onSent(one.n);
        }
      },
      bad: (item) => bad.push(item),
      state: (state) => states.push(state),
      failed: (thrown) => failures.push(thrown),
    },
  );
  t.after(() => player.stop());
  return { player, sent, bad, states, failures, ended: () => until(() => states.at(-1) === 'ended') };
}

test('a recording is played once at its own pace, bearing the times of now', async (t) => {
  const { player, sent, states, ended } = playing(t, numbered(6, 50));
  const began = Date.now();
  player.play();
  await ended();
  assert.deepEqual(
    sent.map(({ n }) => n),
    [0, 1, 2, 3, 4, 5],
  );
  for (const [i, { time, at }] of sent.entries()) {
    assert.equal(time, (sent[0]?.time ?? 0) + i * 50, 'the distances are those of the recording');
    assert.ok(at >= time - 2, 'nothing is played before it is due');
  }
  assert.ok(Math.abs((sent[0]?.time ?? 0) - began) < 5_000);
  assert.deepEqual(states, ['playing', 'ended']);
});

test('sped up, an hour takes a moment', async (t) => {
  const { player, sent, ended } = playing(t, numbered(61, 60_000), { speed: 36_000 });
  const began = performance.now();
  player.play();
  await ended();
  assert.equal(sent.length, 61);
  assert.ok(performance.now() - began > 95);
  assert.equal(new Set(sent.map(({ time }) => time)).size, 61);
});

test('times can be left as they were recorded', async (t) => {
  const { player, sent, ended } = playing(t, numbered(3, 1000), { speed: 1000, original: true });
  player.play();
  await ended();
  assert.deepEqual(
    sent.map(({ time }) => time),
    [recorded, recorded + 1000, recorded + 2000],
  );
});

test('step by step, each item waits for its turn and has a time of its own', async (t) => {
  const { player, sent, states } = playing(t, numbered(3, 1), { stepped: true });
  player.step();
  await until(() => sent.length === 1);
  player.step();
  player.step();
  await until(() => sent.length === 3);
  assert.equal(new Set(sent.map(({ time }) => time)).size, 3);
  await until(() => states.at(-1) === 'ended');
});

test('a pause holds everything, and what follows keeps its distances', async (t) => {
  const { player, sent, states, ended } = playing(t, numbered(4, 60), {}, (n) => {
    if (n === 1) player.pause();
  });
  player.play();
  await until(() => player.state === 'paused');
  // another one plays 300 ms meanwhile
  const other = playing(t, numbered(6, 60));
  other.player.play();
  await other.ended();
  assert.equal(sent.length, 2);
  player.play();
  await ended();
  const gaps = sent.slice(1).map(({ time }, i) => time - (sent[i]?.time ?? 0));
  assert.equal(gaps[0], 60);
  assert.ok((gaps[1] ?? 0) > 300, String(gaps));
  assert.equal(gaps[2], 60);
  assert.deepEqual(states, ['playing', 'paused', 'playing', 'ended']);
});

test('stopped and played again, it begins at the beginning', async (t) => {
  const { player, sent, ended } = playing(t, numbered(3, 40));
  player.play();
  await until(() => sent.length > 0);
  await player.stop();
  const before = sent.length;
  player.play();
  await ended();
  assert.deepEqual(
    sent.slice(before).map(({ n }) => n),
    [0, 1, 2],
  );
});

test('a loop goes on with new times', async (t) => {
  const { player, sent } = playing(t, numbered(3, 10), { loop: true, interval: 10 });
  player.play();
  await until(() => sent.length >= 8);
  await player.stop();
  assert.deepEqual(
    sent.slice(0, 7).map(({ n }) => n),
    [0, 1, 2, 0, 1, 2, 0],
  );
  assert.deepEqual(
    sent.slice(1, 7).map(({ time }, i) => time - (sent[i]?.time ?? 0)),
    [10, 10, 10, 10, 10, 10],
  );
});

test('a loop over nothing ends', async (t) => {
  const { player, ended } = playing(t, numbered(0, 1), { loop: true });
  player.play();
  await ended();
});

test('losses are the same for the same seed', async (t) => {
  const lossy = async (seed: number) => {
    const { player, sent, ended } = playing(t, numbered(200, 1), { speed: 1000, loss: 0.3, jitter: 1, seed });
    player.play();
    await ended();
    return sent.map(({ n }) => n);
  };
  const first = await lossy(5);
  assert.ok(first.length > 100 && first.length < 180, String(first.length));
  assert.deepEqual(await lossy(5), first);
  assert.notDeepEqual(await lossy(6), first);
});

test('bad items are reported and passed over', async (t) => {
  async function* recording(): AsyncGenerator<Item> {
    yield { kind: 'bad', file: 'a.csv', line: 3, problem: 'x', text: '' };
    yield* numbered(1, 1)();
  }
  const { player, sent, bad, ended } = playing(t, recording);
  player.play();
  await ended();
  assert.deepEqual([sent.length, bad.map(({ line }) => line)], [1, [3]]);
});

test('a recording that cannot be read stops with its error, and can be tried again', async (t) => {
  let broken = true;
  async function* recording(): AsyncGenerator<Item> {
    if (broken) throw new Error('gone');
    yield* numbered(1, 1)();
  }
  const { player, failures, states, ended } = playing(t, recording);
  player.play();
  await until(() => failures.length === 1);
  assert.equal(states.at(-1), 'stopped');
  broken = false;
  player.play();
  await ended();
});

test('stopping closes what was being read', async (t) => {
  let closed = false;
  async function* recording(): AsyncGenerator<Item> {
    try {
      yield* numbered(1000, 1000)();
    } finally {
      closed = true;
    }
  }
  const { player, sent } = playing(t, recording);
  player.play();
  await until(() => sent.length === 1);
  await player.stop();
  assert.equal(closed, true);
});

test('playing as fast as it can leaves others their turn', async (t) => {
  const { player, ended } = playing(t, numbered(20_000, 1), { speed: 1e6 });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  t.after(() => clearInterval(timer));
  player.play();
  await ended();
  assert.ok(turns > 3, String(turns));
});
