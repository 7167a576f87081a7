import { readdirSync, readFileSync } from 'node:fs';
import { launchChromium } from '../support/browser.ts';
import { Demo } from '../support/demo.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'memory and CPU of the started demo; time from the command to the first painted dashboard';

export default async function idle(report: Report, { smoke, flags }: BenchOptions): Promise<void> {
  const seconds = smoke ? 1 : Number(flags['seconds'] ?? 60);
  await using browser = await launchChromium({ whole: true });
  const began = performance.now();
  await using demo = await Demo.start([], { past: smoke ? 0 : Number.POSITIVE_INFINITY });
  report('start-to-address', (performance.now() - began) / 1000, 's');
  const page = await browser.newPage();
  await page.goto(demo.startAddress);
  // painted: a curve stands on the page, not just its frame
  await page.locator('canvas').first().waitFor({ state: 'visible' });
  report('start-to-painted', (performance.now() - began) / 1000, 's');
  await page.close();
  // the backlog of the plant is no idling
  if (!smoke) await demo.caughtUp();
  const before = cpuSeconds(demo.pid);
  const from = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const elapsed = (performance.now() - from) / 1000;
  report('cpu', (100 * (cpuSeconds(demo.pid) - before)) / elapsed, '% of one core');
  report(
    'memory',
    tree(demo.pid).reduce((sum, pid) => sum + residentMiB(pid), 0),
    'MiB',
  );
}

function tree(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
  return [pid, ...children.flatMap(tree)];
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return undefined;
  }
}

/** From the state on: the command's name before it may hold spaces. */
function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** User and system time of the process and its children, at Linux's 100 ticks a second. */
function cpuSeconds(root: number): number {
  return tree(root).reduce((sum, pid) => sum + (Number(statFields(pid)[11]) + Number(statFields(pid)[12])) / 100, 0);
}
