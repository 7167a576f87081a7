import { readFileSync } from 'node:fs';
import { ModelHost } from '../../dist/inference/host.js';
import type { Model } from '../../dist/inference/registry.js';
import { float32 } from '../../dist/inference/tensor.js';
import type { Examples } from '../../dist/inference/train/examples.js';
import { vgg } from '../../dist/inference/train/network.js';
import { train } from '../../dist/inference/train/training.js';
import { dataFolder } from '../support/data.ts';
import { inMemory, realModel, tinyModel } from '../support/models.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'longest gap of the event loop while models run and a network is trained';

export default async function loop(report: Report, options: BenchOptions): Promise<void> {
  const ms = options.smoke ? 100 : 15_000;
  // what the machine does to a process that does nothing
  await measure('idle', () => new Promise((resolve) => setTimeout(resolve, ms)), report);
  const seen = picture();
  await measure('inference', () => infer(ms, seen), report);
  const data = [examples(), examples()] as const;
  await measure('training', () => learn(ms, data[0]), report);
  await measure('both', () => Promise.all([infer(ms, seen), learn(ms, data[1])]), report);
}

/**
 * `gap` is the longest by the clock, so others on the machine count: `idle` is their floor; `gap-p99` that of one turn in a
 * hundred. `held` is the most that this thread itself worked within one gap.
 */
async function measure(name: string, work: () => Promise<unknown>, report: Report): Promise<void> {
  const gaps: number[] = [];
  let held = 0;
  let [time, cpu] = [performance.now(), process.threadCpuUsage()];
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(cpu);
    gaps.push(now - time);
    held = Math.max(held, (user + system) / 1000);
    [time, cpu] = [performance.now(), process.threadCpuUsage()];
  }, 1);
  await work();
  clearInterval(timer);
  gaps.sort((a, b) => a - b);
  report(`${name}.gap`, gaps.at(-1) ?? 0, 'ms');
  report(`${name}.gap-p99`, gaps[Math.floor(0.99 * gaps.length)] ?? 0, 'ms');
  report(`${name}.held`, held, 'ms');
}

/** Loads a model, keeps it busy with pictures, lets go of it. */
async function infer(ms: number, { model, dims }: Picture): Promise<void> {
  const host = new ModelHost();
  const user = await host.use(model, { policy: 'newest' });
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await user.run([float32(new Float32Array(dims.reduce((all, size) => all * size)).fill(114), dims)]);
  }
  await user.release();
  await host.close();
}

interface Picture {
  readonly model: Model;
  readonly dims: readonly number[];
}

function picture(): Picture {
  const dims = [1, 3, 416, 416];
  if (!dataFolder()) return { model: inMemory(tinyModel({ work: 20 })), dims: [1, 4] };
  const bytes = readFileSync(realModel('yolox-nano-416'));
  return {
    model: inMemory(bytes, { input: { shape: dims, layout: 'NCHW', mean: [0], scale: [1] } }),
    dims,
  };
}

function examples(): Examples {
  const count = 256;
  const x = Float32Array.from({ length: count * 48 * 64 }, (_, i) => Math.sin(i % 1_013));
  const y = Float32Array.from({ length: count * 18 }, (_, i) => (Math.floor(i / 18) % 18 === i % 18 ? 1 : 0));
  return { x, y };
}

async function learn(ms: number, data: Examples): Promise<void> {
  const training = train({
    network: vgg({ classes: 18 }),
    examples: data,
    options: { epochs: 1_000, patience: 1_000 },
  });
  const timer = setTimeout(() => training.cancel(), ms);
  await training.result.catch(() => undefined);
  clearTimeout(timer);
}
