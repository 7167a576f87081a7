import { Type } from 'typebox';
import { type Message, messageReader } from '../../kit/index.js';
import type { Channel } from '../channels/channel.js';
import { type TrialWords, type Tried, testNotice } from '../channels/trial.js';
import type { Spool } from '../spool/spool.js';
import { notifyError } from './errors.js';

const Name = Type.String({ minLength: 1, maxLength: 200 });
const readTest = messageReader(
  Type.Object({ test: Type.Union([Type.Literal(true), Type.Object({ channel: Type.Optional(Name) })]) }),
);
const readResend = messageReader(Type.Object({ resend: Type.Union([Type.Literal(true), Name]) }));

export interface Asked {
  readonly spool: Spool;
  readonly channels: readonly Channel[];
  /** Of the node, for people. */
  readonly name: string;
  readonly words: TrialWords;
}

/**
 * What a page or a person asks besides notices. Answers say `about: 'channels'`: the alert node on the same wire leaves them alone.
 * @returns undefined where the message asks nothing, null where another node is asked
 * @throws PerceptError `message-invalid`, `notify-unknown-channel`, `notify-unknown-notice`
 */
export async function answerTo(msg: Message, asked: Asked): Promise<Message | null | undefined> {
  const { test, resend, about, ...rest } = msg as Message & Record<'test' | 'resend' | 'about', unknown>;
  if (test !== undefined) {
    const tests = await tryAll(readTest({ test }).test, asked);
    return await answer(rest, asked, { payload: tests.every(({ ok }) => ok), tests });
  }
  if (resend !== undefined) {
    const { resend: which } = readResend({ resend });
    const count = await asked.spool.resend(which === true ? undefined : which);
    if (count === 0 && which !== true) throw notifyError('notify-unknown-notice', { notice: which.slice(0, 80) });
    return await answer(rest, asked, { payload: count, resent: count });
  }
  if (about === 'channels') return await answer(rest, asked, {});
  return about === undefined ? undefined : null;
}

async function tryAll(test: true | { channel?: string }, { spool, channels, name, words }: Asked): Promise<Tried[]> {
  const wanted = test === true ? undefined : test.channel;
  const chosen = channels.filter((one) => wanted === undefined || one.id === wanted || one.name === wanted);
  if (chosen.length === 0) throw notifyError('notify-unknown-channel', { channel: wanted ?? '-' });
  return await Promise.all(chosen.map((channel) => spool.test(channel, testNotice(channel, name, words))));
}

async function answer(rest: Message, { spool }: Asked, more: Record<string, unknown>): Promise<Message> {
  const channels = await spool.health();
  return { ...rest, payload: channels, ...more, about: 'channels', channels };
}
