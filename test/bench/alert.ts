import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertNotice } from '../../dist/kit/index.js';
import { startPostgres } from '../servers/postgres.ts';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { fillPast } from '../support/alert-past.ts';
import { needs } from '../support/needs.ts';
import { NodeRed } from '../support/node-red.ts';
import { until } from '../support/until.ts';
import type { BenchOptions, Report } from './run.ts';

export const about = 'from a finding to the notice that is handed over, at 50 findings a second; with a million past alerts';

const perSecond = 50;
const policy = 'bench';

interface Latency {
  readonly median: number;
  readonly p99: number;
}

export default async function (report: Report, { smoke, rows, flags }: BenchOptions): Promise<void> {
  const past = smoke ? 1_000 : (rows ?? 1_000_000);
  const findings = smoke ? 25 : Number(flags['findings'] ?? 1_500);
  const folder = mkdtempSync(join(tmpdir(), 'percept-alert-'));
  try {
    await compare(report, 'sqlite', (name) => Promise.resolve(join(folder, `${name}.sqlite`)), past, findings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (smoke || needs('postgresql')) return;
  // as a careful owner runs it: a commit waits for the disk
  const server = await startPostgres({ fsync: true });
  try {
    await compare(report, 'postgres', () => server.database(), past, findings);
  } finally {
    await server.stop();
  }
}

async function compare(
  report: Report,
  kind: string,
  database: (name: string) => Promise<string>,
  past: number,
  findings: number,
): Promise<void> {
  const full = await database('full');
  await fillPast(full, policy, past, 10_000);
  const fresh = await measure(await database('fresh'), findings);
  const filled = await measure(full, findings);
  report(`${kind}.p50`, fresh.median, 'ms');
  report(`${kind}.p99`, fresh.p99, 'ms');
  report(`${kind}.past`, past, 'alerts');
  report(`${kind}.past.p50`, filled.median, 'ms');
  report(`${kind}.past.p99`, filled.p99, 'ms');
  report(`${kind}.past.ratio`, filled.median / fresh.median, 'times the median without');
}

/** Findings of as many sources into a real Node-RED; each notice is answered. Measured from outside, both ways by IPC. */
async function measure(url: string, findings: number): Promise<Latency> {
  const nodeRed = await NodeRed.start({ flow: alertFlow(url, { policy, resolveAfter: '3600', cooldown: '0' }) });
  try {
    const took = new Map<string, number>();
    const sent = new Map<string, number>();
    let seen = 0;
    const listen = (): void => {
      const messages = nodeRed.messages('notices');
      for (; seen < messages.length; seen++) {
        const alert = messages[seen]?.['alert'] as AlertNotice;
        const began = sent.get(alert.source);
        if (began !== undefined && !took.has(alert.source)) took.set(alert.source, performance.now() - began);
        nodeRed.inject(alertIds.alert, { topic: 'x', delivery: { notice: alert.notice, ok: true } });
      }
    };
    const listening = setInterval(listen, 1);
    const send = (i: number): void => {
      // of cameras that had alerts before, each once
      const source = `camera ${(i * 7) % 10_000}`;
      sent.set(source, performance.now());
      const finding = { kind: 'loitering', source, severity: 'warning', since: Date.now(), reasons: ['Somebody'] };
      nodeRed.inject(alertIds.alert, { topic: 'x', finding });
    };
    // the first ones find everything cold
    const warm = 20;
    for (let i = 0; i < warm; i++) send(i);
    await until(() => took.size === warm, { what: 'the first notices' });
    took.clear();
    sent.clear();
    const began = performance.now();
    for (let i = 0; i < findings; i++) {
      await sleep(Math.max(0, began + (i * 1_000) / perSecond - performance.now()));
      send(warm + i);
    }
    await until(() => took.size === findings, { ms: 60_000, what: 'all notices' });
    clearInterval(listening);
    const sorted = [...took.values()].sort((a, b) => a - b);
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
    return { median: at(0.5), p99: at(0.99) };
  } finally {
    await nodeRed.stop();
  }
}
