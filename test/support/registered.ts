import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './node-red.ts';
import { until } from './until.ts';

interface Registered {
  readonly routes: readonly Route[];
  readonly servers: readonly {
    readonly address: string;
    readonly http: boolean;
    readonly port: number;
  }[];
  readonly sockets: readonly {
    readonly path: string;
    readonly namespaces: readonly { readonly name: string; readonly locks: number }[];
    readonly patterns: number;
  }[];
}

interface Route {
  readonly method: string;
  readonly prefix: string;
  readonly path?: string;
  readonly pattern?: string;
}

/** A method and an address that reach a route. */
export interface Entrance {
  readonly method: string;
  readonly path: string;
}

/** Environment of a Node-RED that remembers what it serves. */
export function recording(file: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--require ${join(root, 'test/support/doors-recorder.cjs')}`, PERCEPT_DOORS: file };
}

/** All that a process with `recording` serves by now. */
export async function registeredIn(pid: number, file: string): Promise<Registered> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  await until(() => existsSync(file), { what: 'the list of doors' });
  return await until(() => JSON.parse(readFileSync(file, 'utf8')) as Registered, { what: 'the whole list' });
}

/** Addresses for routes that are patterns. */
const samples = [
  ...['/resources/x/x.js', '/locales/editor', '/library/local/flows', '/library/local/flows/x'],
  ...['/nodes/messages', '/nodes/x/x/messages', '/nodes/x', '/nodes/x/x', '/plugins/x', '/plugins/x/x'],
];

/** @throws for a pattern that none of the samples fits: there is a new route, and nobody has thought of it here */
export function entrancesOf(routes: readonly Route[]): Entrance[] {
  const all = routes.map(({ method, prefix, path, pattern }) => {
    const at = pattern === undefined ? plain(path ?? '/') : samples.find((sample) => new RegExp(pattern).test(sample));
    if (at === undefined) throw new Error(`No sample for the route /${pattern}/: add one`);
    return { method, path: `${prefix}${at}`.replace(/(.)\/$/, '$1') };
  });
  return [...new Map(all.map((one) => [`${one.method} ${one.path}`, one])).values()];
}

function plain(path: string): string {
  return path
    .replace(/:\w+\((\w+)[^)]*\)/g, '$1')
    .replace(/:\w+/g, 'x')
    .replace(/\/\?\*/g, '/x')
    .replaceAll('*', 'x');
}
