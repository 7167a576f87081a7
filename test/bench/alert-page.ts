import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configReader } from '../../dist/kit/index.js';
import { type Ask, answer, Settings } from '../../dist/sensor/history/ask.js';
import { openStore } from '../../dist/store/open.js';
import { startPostgres } from '../servers/postgres.ts';
import { DeskTrial } from '../support/alert-desk.ts';
import { fillPast } from '../support/alert-past.ts';
import { finding } from '../support/alert-trial.ts';
import { needs } from '../support/needs.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'what the page of alerts asks: with a million past alerts, beside the same with a thousand';

const few = 1_000;
const open = 50;

export default async function (report: Report, { smoke, rows }: BenchOptions): Promise<void> {
  const past = smoke ? 2_000 : (rows ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), 'percept-alert-page-'));
  try {
    await compare(report, 'sqlite', async (name) => join(folder, `${name}.sqlite`), past, smoke);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (smoke || needs('postgresql')) return;
  const server = await startPostgres();
  try {
    await compare(report, 'postgres', () => server.database(), past, smoke);
  } finally {
    await server.stop();
  }
}

async function compare(
  report: Report,
  kind: string,
  database: (name: string) => Promise<string>,
  past: number,
  smoke: boolean,
): Promise<void> {
  const sides = [await filled(await database('few'), few), await filled(await database('many'), past)] as const;
  const name = sides[1].camera;
  const questions: Record<string, Partial<Ask>> = {
    page: { kind: 'alerts', limit: 20 },
    source: { kind: 'alerts', limit: 20, sources: name },
    nobody: { kind: 'alerts', limit: 20, sources: 'nobody' },
    further: { kind: 'alerts', limit: 50, sources: '*nobody*' },
    timeline: { kind: 'alert', alert: Math.floor(few / 2) },
  };
  try {
    report(`${kind}.past`, past, 'alerts');
    for (const [what, question] of Object.entries(questions)) {
      const took: [number[], number[]] = [[], []];
      // turn by turn, so that whatever else the machine does slows both alike
      for (let i = 0; i < (smoke ? 2 : 40); i++)
        for (const side of [0, 1] as const) took[side].push(await sides[side].ask(question));
      const [before, after] = took.map(median) as [number, number];
      report(`${kind}.${what}`, after, 'ms');
      report(`${kind}.${what}.ratio`, after / before, `times the median with ${few}`);
    }
  } finally {
    for (const side of sides) await side.close();
  }
}

async function filled(url: string, past: number) {
  await fillPast(url, 'past', past, 1_000);
  const store = await openStore({ url });
  const desk = new DeskTrial(store, { name: 'door', settings: { repeat: 3600 } });
  for (let i = 0; i < open; i++) await desk.find(finding({ source: `door ${i}`, since: Date.now() }));
  await desk.stop();
  const defaults = configReader(Settings)({});
  const ask = (more: Partial<Ask>) => answer(store, { ...defaults, ...more }, Date.now());
  const list = await ask({ kind: 'alerts', limit: 1 });
  return {
    camera: list.kind === 'alerts' ? (list.past[0]?.source ?? '') : '',
    ask: (question: Partial<Ask>) => timed(() => ask(question)),
    close: () => store.close(),
  };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
