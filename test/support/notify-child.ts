// A program that fault tests start and kill: a desk and the spools behind it, wired as alert and notify nodes are. What it
// told it says on stdout, line by line; what it is to do it reads from stdin.
import { createInterface } from 'node:readline';
import type { Channel } from '../../dist/alert/channels/channel.js';
import { Desk } from '../../dist/alert/desk/desk.js';
import type { Receipt } from '../../dist/alert/machine/notices.js';
import { Spool } from '../../dist/alert/spool/spool.js';
import type { AlertNotice } from '../../dist/kit/index.js';
import { openStore } from '../../dist/store/open.js';
import type { AlertCommand } from './alert-child.ts';
import { words } from './alert-desk.ts';
import { policyOf } from './alert-trial.ts';
import type { NotifyJob, places } from './notify-job.ts';
import { channel } from './provider-notice.ts';

const job: NotifyJob = JSON.parse(process.argv[2] ?? '{}');
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const right = Date.now;
let wrong = job.clock;
Date.now = () => right() + wrong;

let times = 0;
function pass(at: (typeof places)[number]): void {
  if (job.dies?.at === at && ++times === job.dies.nth) process.kill(process.pid, 'SIGKILL');
}

const { signal } = new AbortController();
const store = await openStore({ url: job.url, patient: true });
const onProblem = ({ message }: Error): boolean => say({ problem: message });
const desk = new Desk({
  ...{ store, name: job.name, words, policy: policyOf(job.settings), signal, pollMs: 50, onProblem },
  hand: (notices) => {
    for (const notice of notices) {
      pass('handed');
      void keep(notice);
    }
  },
  changed: () => undefined,
});
const spools = new Map(['push', 'sms', 'voice'].map((name) => [name, spoolOf(name)] as const));

function spoolOf(name: string): Spool {
  return new Spool({
    ...{ store, signal, onProblem, name: `${job.name} ${name}`, pollMs: 50, onTrouble: () => undefined },
    channels: [mortal(`${name}`), mortal(`${name}/other`)],
    // what a node waits for, a thousandth of it: an hour is 3.6 s
    patience: { failover: 1_500, giveUp: 7_200, firstPause: 20, longestPause: 300 },
    tell: ({ notice, ok }) => {
      say({ told: notice.notice, ok });
      pass('told');
      void answer(notice, { ok, taken: false });
    },
  });
}

function mortal(path: string): Channel {
  const real = channel(
    { url: `${job.provider}/${path}`, timeout: 1, perMinute: 10_000 },
    { id: `${job.name} ${path}` },
  );
  return {
    ...real,
    async send(parcel, until) {
      pass('sending');
      const sent = await real.send(parcel, until);
      pass('sent');
      return sent;
    },
  };
}

async function keep(notice: AlertNotice): Promise<void> {
  const spool = spools.get(notice.channel);
  try {
    const known = await spool?.take(notice);
    pass('kept');
    spool?.wake();
    await answer(notice, known ? { ok: known.ok, taken: false } : { ok: true, taken: true });
  } catch (thrown) {
    onProblem(thrown as Error);
  }
}

async function answer({ notice }: AlertNotice, receipt: Receipt): Promise<void> {
  await desk.put({ type: 'delivery', notice, receipt }).catch(onProblem);
}

desk.start();
for (const spool of spools.values()) spool.start();
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
