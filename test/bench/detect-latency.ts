import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { NormalModel } from '../../dist/sound/normal/model.js';
import { NodeRed } from '../support/node-red.ts';
import { ids, learnedFrom, type Note, pcmMessage, soundFlow, startBroker } from '../support/sound-flow.ts';
import { Machine, sampleRate } from '../support/sound-machine.ts';
import { until } from '../support/until.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'ms from the row of a recording in the store to what is said of it: MQTT, bucket, feed, spectrogram, anomaly';

interface Plan {
  readonly machines: number;
  readonly seconds: number;
  /** ms from one recording of a machine to its next: 1,000 is real time. */
  readonly pace: number;
  readonly smoke: boolean;
}

/** Seconds that are not counted. */
const warmUp = 3;

/** Different sounds; machines share them, a second apart each. */
const voices = 4;
/** Seconds of a round: first normal, then strange. */
const round = { normal: 8, strange: 6 } as const;

export default async function detectLatency(report: Report, { smoke, flags }: BenchOptions): Promise<void> {
  const machines = smoke ? 2 : Number(flags['machines'] ?? 20);
  const seconds = smoke ? 16 : Number(flags['seconds'] ?? 60);
  const plan = { machines, seconds, pace: smoke ? 50 : 1_000, smoke };
  const sounds = soundsOf(plan);
  const models = await Promise.all(
    Array.from({ length: Math.min(voices, machines) }, (_, i) => learnedFrom(i + 1, '', smoke ? 30 : 60)),
  );
  const folder = mkdtempSync(join(tmpdir(), 'detect-latency-'));
  const broker = await startBroker(folder);
  try {
    await withNodeRed(report, broker.port, plan, sounds, models);
  } finally {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withNodeRed(
  report: Report,
  port: number,
  plan: Plan,
  sounds: readonly (readonly Float32Array[])[],
  models: readonly NormalModel[],
): Promise<void> {
  const nodeRed = await NodeRed.start({ flow: soundFlow(port) });
  try {
    const isReady = (): boolean =>
      nodeRed.status(ids.sensor)?.text === 'connected' && /^row/.test(nodeRed.status(ids.feed)?.text ?? '');
    await until(isReady, { ms: 30_000, what: `sensor in and feed to be ready; ${nodeRed.log}` });
    for (let i = 0; i < plan.machines; i++) nodeRed.inject(ids.anomaly, { topic: `m${i}`, model: models[i % voices] });
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    try {
      await measure(report, 'spread', nodeRed, client, sounds, plan);
      if (!plan.smoke) await measure(report, 'together', nodeRed, client, sounds, plan);
    } finally {
      await client.endAsync();
    }
  } finally {
    await nodeRed.stop();
  }
}

/** A second each, as long as the plan and a round more. */
function soundsOf({ machines, seconds }: Plan): Float32Array[][] {
  return Array.from({ length: Math.min(voices, machines) }, (_, voice) => {
    const machine = new Machine(voice + 1);
    return Array.from({ length: seconds + machines }, (_, second) =>
      machine.samples(sampleRate, isStrange(second) ? { whistle: 0.05 } : {}),
    );
  });
}

function isStrange(second: number): boolean {
  return second % (round.normal + round.strange) >= round.normal;
}

/** @param how `spread` over the second, as machines that know nothing of each other are, or all at once */
async function measure(
  report: Report,
  how: 'spread' | 'together',
  nodeRed: NodeRed,
  client: MqttClient,
  sounds: readonly (readonly Float32Array[])[],
  { machines, seconds, pace, smoke }: Plan,
): Promise<void> {
  const before = { judged: count(nodeRed, 'judged'), found: count(nodeRed, 'found'), stored: count(nodeRed, 'stored') };
  const from = Date.now();
  await Promise.all(
    Array.from({ length: machines }, async (_, i) => {
      const sound = sounds[i % voices] as readonly Float32Array[];
      const phase = how === 'spread' ? (pace * i) / machines : 0;
      for (let second = 0; second < seconds; second++) {
        const due = from + phase + pace * second;
        await sleep(Math.max(0, due - Date.now()));
        const payload = pcmMessage(
          sound[second + Math.floor(i / voices)] as Float32Array,
          from + phase + 1000 * second,
        );
        await client.publishAsync(`hall/m${i}/sound`, payload, { qos: 1 });
      }
    }),
  );
  const sent = machines * seconds;
  // the last window of each machine is not yet full
  const wanted = machines * Math.floor((seconds - 0.1) / 1.024);
  await until(
    () => count(nodeRed, 'judged') - before.judged >= wanted && count(nodeRed, 'stored') - before.stored >= sent,
    {
      ms: 60_000,
      what: `${wanted} stretches to be judged, not ${count(nodeRed, 'judged') - before.judged}; ${nodeRed.log.slice(-2000)}`,
    },
  );
  const committed = new Map(notesOf(nodeRed, 'stored').map((note) => [keyOf(note), note.at]));
  // the first ones load and compile what the others find ready
  const isWarm = ({ time }: Note): boolean => time >= from + 1000 * (smoke ? 0 : warmUp);
  const findings = notesOf(nodeRed, 'found').slice(before.found).filter(isWarm);
  const judged = notesOf(nodeRed, 'judged').slice(before.judged).filter(isWarm);
  const since = (note: Note): number => note.at - (committed.get(keyOf(note)) ?? Number.NaN);
  const sinceArrival = (note: Note): number => note.at - (note.receivedAt ?? Number.NaN);
  const parts: readonly [string, (note: Note) => number][] = [
    ['feed', (note) => (note.fedAt ?? Number.NaN) - (committed.get(keyOf(note)) ?? Number.NaN)],
    ['spectrogram', (note) => (note.transformedAt ?? Number.NaN) - (note.fedAt ?? Number.NaN)],
    ['anomaly', (note) => note.at - (note.transformedAt ?? Number.NaN)],
  ];
  report(`${how}.findings`, findings.length, `of ${machines} machines in ${seconds} s`);
  report(`${how}.finding-p50`, quantile(findings.map(since), 0.5), 'ms from the row to the finding');
  report(`${how}.finding-p99`, quantile(findings.map(since), 0.99), 'ms from the row to the finding');
  report(`${how}.p99`, quantile(judged.map(since), 0.99), `ms from the row to the score, ${judged.length} of them`);
  for (const [part, ms] of parts) report(`${how}.${part}-p99`, quantile(judged.map(ms), 0.99), 'ms of these');
  report(`${how}.arrival-p99`, quantile(judged.map(sinceArrival), 0.99), 'ms from the arrival by MQTT to the score');
}

function count(nodeRed: NodeRed, probe: string): number {
  return nodeRed.messages(probe).length;
}

function notesOf(nodeRed: NodeRed, probe: string): Note[] {
  return nodeRed.messages(probe).map(({ payload }) => payload as Note);
}

function keyOf({ source, time }: Note): string {
  return `${source} ${time}`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
