import assert from 'node:assert/strict';
import test from 'node:test';
import { benchNames, line, loadBench } from '../bench/run.ts';
import { needs } from '../support/needs.ts';

const servers: Readonly<Record<string, Parameters<typeof needs>>> = {
  'gateway-faults': ['mosquitto'],
  idle: ['chromium'],
  ingest: ['mosquitto', 'postgresql'],
  'ingest-faults': ['mosquitto', 'postgresql'],
};

for (const name of benchNames()) {
  test(`the bench ${name} runs and prints figures`, { skip: needs(...(servers[name] ?? [])) }, async () => {
    const lines: string[] = [];
    const bench = await loadBench(name);
    await bench.default((figure, value, unit) => lines.push(line(name, figure, value, unit)), {
      smoke: true,
      flags: {},
    });
    assert.ok(lines.length > 0);
    for (const text of lines) assert.match(text, new RegExp(`^${name}\\.[\\w.-]+ \\S+( \\S.*)?$`));
  });
}
