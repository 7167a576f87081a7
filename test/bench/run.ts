import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The same thing, tiny: for the test suite, under five seconds. */
  readonly smoke: boolean;
  /** Folder of recordings to score. */
  readonly data?: string;
  readonly rows?: number;
  readonly trials?: number;
  /** Everything given as --name value. */
  readonly flags: Readonly<Record<string, string>>;
}

export type Report = (figure: string, value: number | string, unit: string) => void;

export interface Bench {
  readonly about: string;
  readonly default: (report: Report, options: BenchOptions) => Promise<void>;
}

export function benchNames(): string[] {
  return globSync('*.ts', { cwd: import.meta.dirname })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'run')
    .sort();
}

export async function loadBench(name: string): Promise<Bench> {
  return (await import(`./${name}.ts`)) as Bench;
}

/** Three significant digits: what lies beyond is noise. */
export function line(name: string, figure: string, value: number | string, unit: string): string {
  const shown = typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;
  return `${name}.${figure} ${shown} ${unit}`.trimEnd();
}

async function main(args: string[]): Promise<number> {
  const { positionals, values, tokens } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: {
      list: { type: 'boolean' },
      smoke: { type: 'boolean' },
      data: { type: 'string' },
      rows: { type: 'string' },
      trials: { type: 'string' },
    },
  });
  if (values['list'] || positionals.length === 0) {
    for (const name of benchNames()) console.log(`${name.padEnd(16)} ${(await loadBench(name)).about}`);
    return 0;
  }
  const flags = flagsOf(tokens, args);
  for (const name of positionals.filter((word) => !Object.values(flags).includes(word))) {
    if (!existsSync(join(import.meta.dirname, `${name}.ts`))) {
      console.error(`There is no bench "${name}". There are: ${benchNames().join(', ')}.`);
      return 2;
    }
    const bench = await loadBench(name);
    await bench.default((figure, value, unit) => console.log(line(name, figure, value, unit)), {
      smoke: values['smoke'] === true,
      flags,
      ...(flags['data'] ? { data: flags['data'] } : {}),
      ...(flags['rows'] ? { rows: Number(flags['rows']) } : {}),
      ...(flags['trials'] ? { trials: Number(flags['trials']) } : {}),
    });
  }
  return 0;
}

/** `--name value` and `--name=value`, also for names that parseArgs was not told of. */
function flagsOf(tokens: readonly { kind: string; index: number }[], args: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, value } = token as { name?: string; value?: string };
    const next = args[token.index + 1];
    if (name) flags[name] = value ?? (next && !next.startsWith('-') ? next : 'true');
  }
  return flags;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
