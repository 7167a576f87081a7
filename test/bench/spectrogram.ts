import { spawnSync } from 'node:child_process';
import FFT from 'fft.js';
import { Analysis, type AnalysisSettings, framesIn } from '../../dist/sound/analysis.js';
import { hertzOf, melOf } from '../../dist/sound/bands.js';
import { presets } from '../../dist/sound/presets.js';
import { SoundThread } from '../../dist/sound/thread.js';
import { pcmOf } from '../support/sound-recordings.ts';
import { referenceSound } from '../support/sound-signals.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  '10 s of 16 kHz sound to 128 log-mel bands, beside fft.js and scipy; the longest hold of the event loop';

const settings: AnalysisSettings = {
  sampleRate: 16_000,
  window: 1024,
  hop: 512,
  scale: 'mel',
  bands: 128,
  low: 0,
  high: 0,
};
const seconds = 10;

export default async function spectrogram(report: Report, { smoke, flags }: BenchOptions): Promise<void> {
  const rounds = smoke ? 2 : Number(flags['rounds'] ?? 200);
  const sound = referenceSound(seconds * settings.sampleRate);
  const analysis = await Analysis.open(settings);
  const peer = fftJs(analysis.bands.centres.length);
  const scipy = rounds > 2 ? scipyTimes(rounds) : undefined;
  const [own, other] = fastest([() => analysis.spectrogram(sound), () => peer(sound)], rounds) as [number, number];
  analysis.free();
  report('speed', seconds / own, 'x real time');
  report('ratio-fft-js', other / own, 'times its speed');
  if (scipy) {
    report('ratio-scipy', scipy.library / own, 'times the speed of scipy.signal.spectrogram');
    report('ratio-scipy-batch', scipy.batch / own, 'times the speed of scipy.fft.rfft on all windows at once');
  } else {
    console.error('There is no python3 with scipy: apt-get install python3-scipy compares with it.');
  }
  await reportLoop(report, smoke ? 2 : 40);
}

/** Seconds of the fastest round of each, taken in turns so that a busy machine is busy for all. */
function fastest(all: readonly (() => unknown)[], rounds: number): number[] {
  const best = all.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of all.entries()) {
      const began = performance.now();
      run();
      best[i] = Math.min(best[i] as number, (performance.now() - began) / 1000);
    }
  }
  return best;
}

/** The same on fft.js 4 (radix 4, real input, in JavaScript), with the bands as a list of weights each. */
function fftJs(centres: number): (sound: Float32Array) => Float32Array {
  const { window, hop, sampleRate, bands } = settings;
  const fft = new FFT(window);
  const input = new Array<number>(window);
  const output: number[] = fft.createComplexArray();
  const hann = Float64Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
  const scale = 2 / hann.reduce((sum, weight) => sum + weight, 0) ** 2;
  const power = new Float64Array(window / 2 + 1);
  const corners = Array.from({ length: bands + 2 }, (_, i) => hertzOf((melOf(sampleRate / 2) * i) / (bands + 1)));
  const filters = corners.slice(0, -2).map((low, band) => {
    const [middle, high] = corners.slice(band + 1, band + 3) as [number, number];
    const first = Math.ceil((low * window) / sampleRate);
    const last = Math.floor((high * window) / sampleRate);
    const weights = Float64Array.from({ length: last - first + 1 }, (_, i) => {
      const hertz = ((first + i) * sampleRate) / window;
      return Math.max(0, Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle)));
    });
    return { first, weights };
  });
  return (sound) => {
    const frames = framesIn(sound.length, settings);
    const levels = new Float32Array(frames * centres);
    for (let frame = 0, at = 0; frame < frames; frame++) {
      for (let i = 0; i < window; i++) input[i] = (sound[frame * hop + i] as number) * (hann[i] as number);
      fft.realTransform(output, input);
      for (let bin = 0; bin < power.length; bin++)
        power[bin] = scale * ((output[2 * bin] as number) ** 2 + (output[2 * bin + 1] as number) ** 2);
      for (const { first, weights } of filters) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (power[first + i] as number);
        levels[at++] = 10 * Math.log10(Math.max(sum, 1e-14));
      }
    }
    return levels;
  };
}

const script = `
import sys, time, numpy as np
from scipy import fft, signal
x = np.random.default_rng(0).standard_normal(${seconds * settings.sampleRate}).astype(np.float32)
mel = lambda h: 2595 * np.log10(1 + h / 700)
p = 700 * (10 ** (np.linspace(0, mel(8000), 130) / 2595) - 1)
k = np.arange(513) * 16000 / 1024
W = np.array([np.maximum(0, np.minimum((k - a) / (b - a), (c - k) / (c - b))) for a, b, c in zip(p, p[1:], p[2:])]).astype(np.float32)
w = signal.get_window('hann', 1024).astype(np.float32)
def library():
    return 10 * np.log10(np.maximum(W @ signal.spectrogram(x, 16000, 'hann', 1024, 512, scaling='spectrum')[2], 1e-14))
def batch():
    f = np.lib.stride_tricks.sliding_window_view(x, 1024)[::512]
    S = fft.rfft((f - f.mean(1, keepdims=True)) * w, axis=1)
    return 10 * np.log10(np.maximum((S.real ** 2 + S.imag ** 2) * (2 / w.sum() ** 2) @ W.T, 1e-14))
best = [9e9, 9e9]
for _ in range(int(sys.argv[1])):
    for i, run in enumerate((library, batch)):
        t = time.perf_counter(); run(); best[i] = min(best[i], time.perf_counter() - t)
print(*best)
`;

/** On one core, as we are; undefined where there is no scipy. */
function scipyTimes(rounds: number): { library: number; batch: number } | undefined {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const { status, stdout } = spawnSync('python3', ['-c', script, String(rounds)], { env, encoding: 'utf8' });
  const [library, batch] = status === 0 ? stdout.trim().split(' ').map(Number) : [];
  return library && batch ? { library, batch } : undefined;
}

/** Eight channels at 96 kHz, with pictures: more than any machine sends. */
async function reportLoop(report: Report, stretches: number): Promise<void> {
  const thread = new SoundThread();
  const one = referenceSound(96_000);
  const pcm = pcmOf({ name: '', sampleRate: 96_000, channels: Array.from({ length: 8 }, () => one) });
  const ask = () =>
    thread.analyse({
      pcm,
      settings: { ...presets.hearing, use: 'each' },
      picture: { style: 'axes', depth: 80 },
    });
  // the first one starts the thread
  await ask();
  const began = performance.now();
  const work = await turnsDuring(async () => {
    for (let i = 0; i < stretches; i++) await ask();
  });
  // in the same time without any work: what others on this machine do to the loop
  const ms = performance.now() - began;
  const idle = await turnsDuring(() => new Promise((resolve) => setTimeout(resolve, ms)));
  await thread.close();
  report('loop-held', work.held, 'ms that one turn of the event loop worked, at most');
  report('loop-gap', work.gap, 'ms by the clock between two turns, at most');
  report('loop-gap-idle', idle.gap, 'ms by the clock, at most, without work');
}

/** By the clock others on the machine count; `held` is what this thread itself worked from one turn to the next. */
async function turnsDuring(work: () => Promise<unknown>): Promise<{ gap: number; held: number }> {
  let [gap, held] = [0, 0];
  let [time, cpu] = [performance.now(), process.threadCpuUsage()];
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(cpu);
    gap = Math.max(gap, performance.now() - time);
    held = Math.max(held, (user + system) / 1000);
    [time, cpu] = [performance.now(), process.threadCpuUsage()];
  }, 1);
  await work();
  clearInterval(timer);
  return { gap, held };
}
