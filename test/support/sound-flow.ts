import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { pcmHeaderLength } from '../../dist/sensor/decode/pcm.js';
import { formOf, learn, type NormalModel, observationOf } from '../../dist/sound/normal/model.js';
import type { FlowNode } from './node-red.ts';
import { Machine, sampleRate, spectrogramsOf } from './sound-machine.ts';

const tab = '50f10a0000000000';
export const ids = {
  store: '50f10a0000000001',
  bucket: '50f10a0000000002',
  broker: '50f10a0000000003',
  sensor: '50f10a0000000004',
  feed: '50f10a0000000005',
  spectrogram: '50f10a0000000006',
  anomaly: '50f10a0000000007',
} as const;

/** A note of when a message passed, small enough not to disturb what is measured. */
function note(id: string, probe: string, what: string): FlowNode[] {
  const func = `return { payload: { at: Date.now(), ...(${what}) } };`;
  return [
    { id: `${id}0`, type: 'function', z: tab, name: '', func, outputs: 1, libs: [], wires: [[`${id}1`]] },
    { id: `${id}1`, type: 'test-probe', z: tab, name: probe, wires: [] },
  ];
}

/** Writes on a message when it passed. */
function stamp(id: string, name: string, to: string): FlowNode {
  const func = `msg.${name} = Date.now(); return msg;`;
  return { id, type: 'function', z: tab, name: '', func, outputs: 1, libs: [], wires: [[to]] };
}

/** From the broker to the finding, with notes of what was stored, judged and found. @param port of the broker */
export function soundFlow(port: number): FlowNode[] {
  return [
    { id: tab, type: 'tab', label: 'machines' },
    { id: ids.store, type: 'percept-store', name: '', version: 1, url: 'test.sqlite' },
    { id: ids.bucket, type: 'percept-bucket', name: '', version: 1, folder: 'bucket' },
    {
      id: ids.broker,
      type: 'percept-broker',
      name: '',
      version: 1,
      mqttVersion: '4',
      host: '127.0.0.1',
      port: String(port),
    },
    {
      id: ids.sensor,
      type: 'percept-sensor-in',
      z: tab,
      name: 'sensor',
      version: 1,
      topic: 'hall/+machine/+quantity',
      source: '{machine}',
      format: 'binary',
      store: ids.store,
      bucket: ids.bucket,
      broker: ids.broker,
      wires: [['50f10a0000000010'], []],
    },
    ...note('50f10a000000001', 'stored', '{ source: msg.sound.source, time: msg.sound.time }'),
    {
      id: ids.feed,
      type: 'percept-feed',
      z: tab,
      name: '',
      version: 1,
      store: ids.store,
      table: 'recording',
      kind: 'sound',
      from: 'now',
      wires: [['50f10a0000000040']],
    },
    stamp('50f10a0000000040', 'fedAt', ids.spectrogram),
    {
      id: ids.spectrogram,
      type: 'percept-spectrogram',
      z: tab,
      name: '',
      version: 1,
      preset: 'hearing',
      bucket: ids.bucket,
      wires: [['50f10a0000000050']],
    },
    stamp('50f10a0000000050', 'transformedAt', ids.anomaly),
    {
      id: ids.anomaly,
      type: 'percept-anomaly',
      z: tab,
      name: '',
      version: 1,
      auto: false,
      wires: [['50f10a0000000020'], ['50f10a0000000030']],
    },
    ...note('50f10a000000002', 'found', passed('kind: msg.finding.kind, evidence: msg.finding.evidence')),
    ...note('50f10a000000003', 'judged', passed('state: msg.anomaly.state')),
  ];
}

/** With the recording that completed the stretch. */
function passed(more: string): string {
  const stamps = 'fedAt: msg.fedAt, transformedAt: msg.transformedAt';
  return `{ source: msg.recording.source, time: msg.recording.time, receivedAt: msg.recording.receivedAt, ${stamps}, ${more} }`;
}

/** What a note holds; `time` is that of the recording. */
export interface Note {
  readonly at: number;
  readonly source: string;
  readonly time: number;
  /** When it came, left the feed, and left the spectrogram node. */
  readonly receivedAt?: number;
  readonly fedAt?: number;
  readonly transformedAt?: number;
  readonly kind?: string;
  readonly evidence?: readonly string[];
}

/** What the machine of a seed normally sounds like. */
export async function learnedFrom(seed: number, source: string, stretches = 60): Promise<NormalModel> {
  const all = await spectrogramsOf(new Machine(seed), stretches, 0);
  const [first] = all;
  if (!first) throw new Error('Nothing was heard.');
  return learn({ source, form: formOf(first), centres: first.bands, observations: all.map(observationOf) }, 0);
}

/** A second of 16-bit PCM as a small device sends it. @param time ms UTC of its first sample */
export function pcmMessage(samples: Float32Array, time: number): Buffer {
  const message = Buffer.alloc(pcmHeaderLength + 2 * samples.length);
  message.write('PPCM', 0, 'latin1');
  message.writeUInt8(1, 4);
  message.writeUInt16LE(1, 6);
  message.writeUInt32LE(sampleRate, 8);
  message.writeDoubleLE(time, 16);
  for (const [i, sample] of samples.entries())
    message.writeInt16LE(Math.round(32_767 * Math.max(-1, Math.min(1, sample))), pcmHeaderLength + 2 * i);
  return message;
}

/** The embedded broker in a process of its own. */
export async function startBroker(folder: string): Promise<{ port: number; stop: () => Promise<void> }> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'broker-child.ts'), [folder, '0']);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', (code) => reject(new Error(`The broker ended with ${code}.`)));
  });
  return {
    port,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}
