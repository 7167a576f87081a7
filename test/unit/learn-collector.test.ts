import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wavHeader } from '../../dist/kit/wav.js';
import { collectedOf, exampleSize } from '../../dist/sound/learn/collected.js';
import { Collector, type CollectorSettings } from '../../dist/sound/learn/collector.js';
import { Machine, sampleRate } from '../support/sound-machine.ts';
import { pcmOf } from '../support/sound-recordings.ts';

const whole = { since: 0, until: Number.MAX_SAFE_INTEGER, label: 0 };
const usual: CollectorSettings = { kind: 'normal', source: 'fan', preset: 'hearing', ranges: [whole], most: 1000 };
const wav = (channels: Float32Array[], rate = sampleRate): Buffer => {
  const pcm = pcmOf({ name: '', sampleRate: rate, channels });
  return Buffer.concat([wavHeader(pcm), pcm.samples]);
};
const seconds = (machine: Machine, count: number): Float32Array => machine.samples(count * sampleRate);

test('sound goes on over the borders of recordings, so that nothing of it is lost to learning', async () => {
  const machine = new Machine(1);
  const collector = new Collector(usual);
  for (let i = 0; i < 60; i++) await collector.take(wav([seconds(machine, 0.5)]), 500 * i);
  // 30 s in stretches of 1.024 s, each with the windows that reach into the next
  assert.equal(collector.count, 29);
});

test('what is damaged, silent or not a number is counted and left out; the rest is learned', async () => {
  const machine = new Machine(1);
  const collector = new Collector(usual);
  const good = wav([seconds(machine, 30)]);
  await collector.take(good, 0);
  await collector.take(good.subarray(0, 1000), 30_000);
  await collector.take(Buffer.from('not a WAV file at all'), 40_000);
  await collector.take(wav([new Float32Array(2 * sampleRate).fill(Number.NaN)]), 50_000);
  await collector.take(wav([new Float32Array(5 * sampleRate)]), 60_000);
  const { left, stretches, made } = collectedOf(collector, usual, 0);
  assert.deepEqual([left.damaged, left.silent], [3, 4]);
  assert.equal(stretches, 29);
  assert.equal(made?.kind, 'normal');
});

test('recordings that are too short and cannot be joined are counted, so that it is told why nothing was learned', async () => {
  const machine = new Machine(1);
  const collector = new Collector(usual);
  for (let i = 0; i < 6; i++) await collector.take(wav([seconds(machine, 0.5)]), 10_000 * i);
  assert.equal(collector.count, 0);
  assert.equal(collector.left.short, 5);
});

test('of recordings in several forms the newest with enough is learned; the others are counted by name', async () => {
  const machine = new Machine(1);
  const collector = new Collector(usual);
  await collector.take(wav([seconds(machine, 15)], 8000), 0);
  await collector.take(wav([seconds(machine, 25)]), 100_000);
  const stereo = seconds(machine, 5);
  await collector.take(wav([stereo, stereo]), 200_000);
  const { left, form } = collectedOf(collector, usual, 0);
  assert.equal(form?.sampleRate, sampleRate);
  assert.deepEqual([...left.forms].sort(), ['16000 Hz, 2 ch', '8000 Hz, 1 ch']);
  assert.equal(left.other, 29 + 4);
});

test('more stretches than are kept are thinned out evenly', async () => {
  const machine = new Machine(1);
  const collector = new Collector({ ...usual, most: 8 });
  await collector.take(wav([seconds(machine, 30)]), 0);
  const group = collector.chosen(1);
  assert.equal(group?.seen, 29);
  const times = group?.items.map(({ time }) => time) ?? [];
  assert.ok(times.length > 4 && times.length <= 8);
  const steps = new Set(times.slice(1).map((time, i) => Math.round(time - (times[i] as number))));
  assert.equal(steps.size, 1);
});

test('labelled time becomes examples with one output each; the last of every condition are held back', async () => {
  const ranges = [
    { since: 0, until: 30_000, label: 0 },
    { since: 40_000, until: 70_000, label: 1 },
  ];
  const settings: CollectorSettings = { ...usual, kind: 'vgg', ranges };
  const collector = new Collector(settings);
  await collector.take(wav([seconds(new Machine(1), 70)]), 0);
  const { made, ofEach } = collectedOf(collector, settings, 2);
  assert.equal(made?.kind, 'network');
  if (made?.kind !== 'network') return;
  const { x, y, count, held } = made.examples;
  assert.deepEqual(ofEach, [29, 28]);
  assert.deepEqual([count, held, x.length, y?.length], [57, 12, 57 * exampleSize, 57 * 2]);
  const labels = Array.from({ length: count }, (_, i) => (y?.[2 * i + 1] === 1 ? 1 : 0));
  const parts = [labels.slice(0, count - held), labels.slice(count - held)];
  assert.deepEqual(
    parts.map((part) => part.reduce((sum: number, label) => sum + label, 0)),
    [22, 6],
  );
});

test('a rate that gives pictures of another size is no food for a network, and says so by its form', async () => {
  const settings: CollectorSettings = { ...usual, kind: 'autoencoder' };
  const collector = new Collector(settings);
  await collector.take(wav([new Machine(1).samples(200 * 200)], 200), 0);
  const { made, form, stretches } = collectedOf(collector, settings, 0);
  assert.equal(made, undefined);
  assert.ok(stretches >= 100);
  assert.notEqual(form?.frames, 64);
});
