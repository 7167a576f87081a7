// A program that fault tests start and kill. It runs a desk on a store; what it hands out and what is committed it says on
// stdout, line by line; what it is to do it reads from stdin.
import { createInterface } from 'node:readline';
import { Desk } from '../../dist/alert/desk/desk.js';
import type { Request } from '../../dist/alert/desk/request.js';
import { openStore } from '../../dist/store/open.js';
import { words } from './alert-desk.ts';
import { policyOf } from './alert-trial.ts';

export interface AlertJob {
  readonly url: string;
  readonly name: string;
  readonly settings: object;
  /** ms that the clock is wrong by. */
  readonly clock: number;
  /** Dies by itself when it hands out for the n-th time: before anything has left, or after. */
  readonly dies?: { readonly when: 'before' | 'after'; readonly nth: number };
}

export type AlertCommand =
  | { readonly n: number; readonly request: Request }
  /** ms to put the clock on. */
  | { readonly clock: number };

const job: AlertJob = JSON.parse(process.argv[2] ?? '{}');
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const right = Date.now;
let wrong = job.clock;
Date.now = () => right() + wrong;

let handed = 0;
const die = (when: 'before' | 'after'): void => {
  if (job.dies?.when === when && job.dies.nth === handed) process.kill(process.pid, 'SIGKILL');
};
const abort = new AbortController();
const store = await openStore({ url: job.url, patient: true });
const desk = new Desk({
  ...{ store, name: job.name, words, policy: policyOf(job.settings), signal: abort.signal, pollMs: 50 },
  hand: (notices) => {
    handed++;
    die('before');
    // all processes of a machine share this clock: pipes are read in no order
    const at = Number(process.hrtime.bigint());
    for (const { id, notice, channel, to, round, step, occasion, again, key } of notices)
      say({ id, notice, channel, to, round, step, occasion, again, key, at });
    die('after');
  },
  changed: () => undefined,
  onProblem: ({ message }) => say({ problem: message }),
});
desk.start();
say('ready');

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line) as AlertCommand;
  if ('clock' in command) wrong += command.clock;
  else
    desk.put(command.request).then(
      () => say({ done: command.n }),
      ({ message }: Error) => say({ done: command.n, refused: message }),
    );
});
