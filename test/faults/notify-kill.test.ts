import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import type { AlertNotice } from '../../dist/kit/index.js';
import { end, endsWithUs } from '../support/children.ts';
import { Provider } from '../support/provider.ts';
import { until } from '../support/until.ts';

const dir = mkdtempSync(join(tmpdir(), 'percept-notify-kill-'));
let provider: Provider;
let child: ChildProcess | undefined;
before(async () => {
  provider = await Provider.start();
});
after(async () => {
  await kill();
  await provider.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Told {
  readonly told: string;
  readonly ok: boolean;
}

function start(take: number): (Told | string)[] {
  const said: (Told | string)[] = [];
  const job = JSON.stringify({ url: join(dir, 'spool.sqlite'), provider: provider.url, take });
  const program = join(import.meta.dirname, '../support/provider-child.ts');
  child = endsWithUs(spawn(process.execPath, [program, job], { stdio: ['ignore', 'pipe', 'inherit'] }));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => said.push(JSON.parse(line)));
  return said;
}

async function kill(): Promise<void> {
  if (child) await end(child);
}

const sent = () => provider.asked.map(({ body }) => (JSON.parse(body) as { alert: AlertNotice }).alert);

test('killed between send and mark: each notice arrives, at most once more, and then marked', async () => {
  const count = 6;
  provider.always = 'hang';
  start(4);
  // they have reached the provider, and nothing of that is stored
  await until(() => sent().length === 4, { what: 'four to be sent' });
  await kill();
  const second = start(0);
  await until(() => sent().length === 8, { what: `the same four once more; ${JSON.stringify(second)}` });
  assert.deepEqual(
    sent()
      .slice(4)
      .map(({ again }) => again),
    [true, true, true, true],
  );
  await kill();
  provider.always = undefined;
  const said = start(count);
  const told = () => said.filter((one): one is Told => typeof one === 'object' && 'told' in one);
  await until(() => told().length === count, { what: `all outcomes; ${JSON.stringify(said)}` });
  const times = (id: string) => sent().filter(({ notice }) => notice === id).length;
  const ids = Array.from({ length: count }, (_, i) => `17.${i + 1}`);
  assert.deepEqual(ids.map(times), [2, 2, 2, 2, 1, 1]);
  assert.deepEqual(
    told()
      .map(({ told: id, ok }) => [id, ok] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
    // nobody answered for the first four: their alert goes on to its next step
    ids.map((id, i) => [id, i >= 4]),
  );
});
