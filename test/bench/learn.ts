import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadRuntime, usualRuntimes } from '../../dist/inference/runtime.js';
import type { Examples } from '../../dist/inference/train/examples.js';
import { autoencoder, type Network, outputsOf, product, vgg } from '../../dist/inference/train/network.js';
import { Random } from '../../dist/inference/train/random.js';
import { firstState } from '../../dist/inference/train/state.js';
import { Stepper } from '../../dist/inference/train/stepper.js';
import { train } from '../../dist/inference/train/training.js';
import { toPerceptError } from '../../dist/kit/index.js';
import { wavHeader } from '../../dist/kit/wav.js';
import { CollectingThread } from '../../dist/sound/learn/collecting-thread.js';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'a learned normal of ten minutes; rate and memory of training, against PyTorch where it is installed';

interface Setup {
  readonly name: string;
  readonly network: Network;
  readonly batch: number;
  readonly count: number;
}

/** The small one first: memory that a process once had, it keeps. */
const setups: readonly Setup[] = [
  { name: 'autoencoder', network: autoencoder({ width: 640 }), batch: 64, count: 2_048 },
  { name: 'vgg', network: vgg({ classes: 18 }), batch: 32, count: 256 },
];

const learningRate = 1e-4;
const stepsBackBy = String(constants.priority.PRIORITY_BELOW_NORMAL);

/** `--threads N` for both sides, `--rounds N`, `--seconds N` per round, `--python PATH`. */
export default async function learn(report: Report, { smoke, flags }: BenchOptions): Promise<void> {
  const threads = Number(flags['threads'] ?? 1);
  const seconds = smoke ? 0.2 : Number(flags['seconds'] ?? 8);
  const rounds = smoke ? 1 : Number(flags['rounds'] ?? 3);
  const python = smoke ? undefined : pythonWithTorch(flags['python']);
  await learnNormal(report, smoke ? 30 : 600);
  report('threads', threads, '');
  for (const setup of smoke ? setups.slice(0, 1) : setups) {
    const ours: Rates[] = [];
    const theirs: Rates[] = [];
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = (): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
    };
    // one after the other, several times: what else the machine does hits both
    for (let round = 0; round < rounds; round++) {
      ours.push(await ourRates(setup, threads, seconds, watch));
      if (python) theirs.push(torch(python, setup, { threads, seconds, compare: 0, bits: 32 }));
    }
    report(`${setup.name}.rate`, median(ours.map(({ rate }) => rate)), 'examples/s');
    report(`${setup.name}.peak-memory`, (peak - before) / 1e6, 'MB');
    if (!python) continue;
    report(`${setup.name}.torch-rate`, median(theirs.map(({ rate }) => rate)), 'examples/s');
    const [clock, cpu] = (['rate', 'cpuRate'] as const).map((key) =>
      median(ours.map((one, i) => one[key] / (theirs[i]?.[key] ?? 1))),
    ) as [number, number];
    report(`${setup.name}.ratio`, clock, '(by the clock)');
    report(`${setup.name}.cpu-ratio`, cpu, '(by processor time)');
    await compareLosses(report, python, setup, threads);
  }
}

/** Of one recording after the other, ten seconds each, as `learn` does it. */
async function learnNormal(report: Report, seconds: number): Promise<void> {
  const length = 10;
  const recordings = Array.from({ length: seconds / length }, (_, i) => soundOf(i, length));
  const whole = { since: 0, until: Number.MAX_SAFE_INTEGER, label: 0 };
  const settings = { kind: 'normal', source: 'bench', preset: 'hearing', ranges: [whole], most: 8192 } as const;
  const thread = new CollectingThread({ settings, conditions: 0 });
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage.rss();
  let [held, cpu, peak] = [0, process.threadCpuUsage(), before];
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(cpu);
    held = Math.max(held, (user + system) / 1000);
    cpu = process.threadCpuUsage();
  }, 1);
  try {
    loop.enable();
    const features = stopwatch();
    for (const [i, bytes] of recordings.entries()) {
      await thread.take(bytes, 1000 * length * i);
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    const read = features();
    const fit = stopwatch();
    const { stretches } = await thread.finish();
    const fitted = fit();
    peak = Math.max(peak, process.memoryUsage.rss());
    loop.disable();
    report('normal.sound', seconds / 60, 'min');
    report('normal.features', read.clock, 's (by the clock)');
    report('normal.features-cpu', read.cpu, 's (of processor time)');
    report('normal.fit', fitted.clock, 's (by the clock)');
    report('normal.fit-cpu', fitted.cpu, 's (of processor time)');
    report('normal.peak-memory', (peak - before) / 1e6, 'MB');
    report('normal.stretches', stretches, '');
    report('normal.loop-gap', loop.max / 1e6, 'ms (by the clock)');
    report('normal.loop-held', held, 'ms (of its own work)');
  } finally {
    clearInterval(timer);
    await thread.close();
  }
}

/** Seconds since it was begun, by the clock and of all threads of this process. */
function stopwatch(): () => { clock: number; cpu: number } {
  const [began, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { clock: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
  };
}

/** A machine that hums in a room with noise, as a WAV file of 16 bits at 16 kHz. */
function soundOf(seed: number, seconds: number): Buffer {
  const sampleRate = 16_000;
  const random = new Random(seed + 1);
  const samples = Buffer.alloc(2 * seconds * sampleRate);
  for (let i = 0; i < seconds * sampleRate; i++) {
    const t = (2 * Math.PI * (i + seed * seconds * sampleRate)) / sampleRate;
    const value = 0.1 * Math.sin(50 * t) + 0.05 * Math.sin(100 * t + 1) + 0.01 * random.normal();
    samples.writeInt16LE(Math.round(32_767 * Math.max(-1, Math.min(1, value))), 2 * i);
  }
  return Buffer.concat([wavHeader({ sampleRate, channels: 1, format: 's16le', samples }), samples]);
}

interface Rates {
  /** Examples a second. */
  readonly rate: number;
  /** Examples a second of processor time. */
  readonly cpuRate: number;
}

/** By the trainer as nodes use it: with gathering, shuffling and telling. */
async function ourRates(setup: Setup, threads: number, seconds: number, watch: () => void): Promise<Rates> {
  let first: { done: number; cpu: NodeJS.CpuUsage } | undefined;
  let rates: Rates = { rate: 0, cpuRate: 0 };
  const training = train({
    network: setup.network,
    examples: examplesOf(setup),
    options: { batch: setup.batch, rate: learningRate, epochs: 100_000, patience: 100_000, validation: 0 },
    threads,
    onProgress: ({ rate, epoch, step, steps }) => {
      watch();
      const done = setup.batch * ((epoch - 1) * steps + step);
      if (first) {
        const { user, system } = process.cpuUsage(first.cpu);
        rates = { rate, cpuRate: (1e6 * (done - first.done)) / (user + system) };
        return;
      }
      first = { done, cpu: process.cpuUsage() };
      setTimeout(() => training.cancel(), 1000 * seconds);
    },
  });
  await training.result.catch((thrown: unknown) => {
    if (toPerceptError(thrown).code !== 'training-cancelled') throw thrown;
  });
  return rates;
}

interface TorchOptions {
  readonly threads: number;
  readonly seconds: number;
  /** Steps whose losses are told. */
  readonly compare: number;
  readonly bits: 32 | 64;
}

function torch(python: string, { network, batch, ...setup }: Setup, options: TorchOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'percept-bench-'));
  try {
    const { x, y = x } = examplesOf({ network, batch, ...setup });
    const files = { x, y, parameters: firstState(network, 1).moments[0] };
    for (const [name, values] of Object.entries(files)) {
      writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    const paths = Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)]));
    const { input, layers } = network;
    const script = join(import.meta.dirname, 'peers/torch-training.py');
    // our thread steps back behind everything else on the machine, and so must theirs
    const [program, ...first] = process.platform === 'linux' ? ['nice', '-n', stepsBackBy, python] : [python];
    const { stdout, stderr } = spawnSync(program as string, [...first, script], {
      input: JSON.stringify({ ...paths, ...options, input, layers, batch, rate: learningRate }),
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(`PyTorch said: ${stderr}`);
    return JSON.parse(stdout) as Rates & { losses: number[] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 60 steps from the same parameters through the same examples, beside PyTorch in 32 bits and, as what is right, in 64. */
async function compareLosses(report: Report, python: string, setup: Setup, threads: number): Promise<void> {
  const compare = 60;
  const [exact, theirs] = ([64, 32] as const).map(
    (bits) => torch(python, setup, { threads, seconds: 0, compare, bits }).losses,
  ) as [number[], number[]];
  const ours = await ourLosses(setup, threads, compare);
  for (const step of [1, compare / 2, compare]) {
    const figures = { ours, torch: theirs, 'torch-float64': exact };
    for (const [name, losses] of Object.entries(figures))
      report(`${setup.name}.loss-${step}.${name}`, (losses[step - 1] ?? Number.NaN).toPrecision(8), '');
  }
  const off = (losses: readonly number[]): number =>
    Math.max(...exact.map((loss, i) => Math.abs((losses[i] ?? Number.NaN) - loss) / loss));
  report(`${setup.name}.loss-off`, off(ours), `(from float64, largest relative of ${compare} steps)`);
  report(`${setup.name}.torch-loss-off`, off(theirs), '(float32 from float64, likewise)');
}

async function ourLosses(setup: Setup, threads: number, compare: number): Promise<number[]> {
  const { network, batch, count } = setup;
  const { x, y = x } = examplesOf(setup);
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const how = { batch, threads, gate };
  const stepper = await Stepper.open(loadRuntime(usualRuntimes), network, firstState(network, 1), how);
  const losses: number[] = [];
  for (let i = 0; i < compare; i++) {
    const at = i % Math.floor(count / batch);
    const part = (values: Float32Array): Float32Array => {
      const size = (batch * values.length) / count;
      return values.slice(at * size, (at + 1) * size);
    };
    losses.push(...(await stepper.run(part(x), part(y), i + 1, learningRate)));
  }
  await stepper.release();
  return losses;
}

/** Noise, and for each example one output of 1; or the input itself. */
function examplesOf({ network, count }: Omit<Setup, 'name'>): Examples {
  const random = new Random(5);
  const x = Float32Array.from({ length: count * product(network.input) }, () => random.normal());
  const outputs = outputsOf(network);
  if (outputs === product(network.input)) return { x };
  return {
    x,
    y: Float32Array.from({ length: count * outputs }, (_, i) =>
      Number(Math.floor(i / outputs) % outputs === i % outputs),
    ),
  };
}

function pythonWithTorch(given: string | undefined): string | undefined {
  const names = given ? [given] : ['python3', '/usr/bin/python3'];
  return names.find((name) => spawnSync(name, ['-c', 'import torch']).status === 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
