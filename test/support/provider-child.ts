// A program that fault tests start and kill: a spool that sends notices to a provider. What it told it says on stdout.
import { Spool } from '../../dist/alert/spool/spool.js';
import { openStore } from '../../dist/store/open.js';
import { channel, notice } from './provider-notice.ts';

const { url, provider, take } = JSON.parse(process.argv[2] ?? '{}') as { url: string; provider: string; take: number };
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const store = await openStore({ url });
const spool = new Spool({
  ...{ store, name: 'spool', signal: new AbortController().signal, pollMs: 50 },
  channels: [channel({ url: provider, timeout: 60 })],
  patience: { failover: 1_000, giveUp: 60_000, firstPause: 50, longestPause: 500 },
  tell: ({ notice: { notice: told }, ok }) => say({ told, ok }),
  onTrouble: () => undefined,
  onProblem: ({ message }) => say({ problem: message }),
});
for (let i = 1; i <= take; i++) await spool.take(notice(i, { thread: `17/push/${i}` }));
say('taken');
spool.start();
