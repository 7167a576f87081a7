import type { AlertNotice } from '../../kit/index.js';
import type { Channel } from '../channels/channel.js';
import { noticeOf } from './keys.js';
import type { SpoolRow } from './rows.js';

/** What became of a notice. */
export interface Outcome {
  readonly notice: AlertNotice;
  readonly ok: boolean;
  /** It is not over: what was delivered did not arrive, and the next channel tries. */
  readonly taken?: boolean;
  /** What the provider told of it later; `false`: after all it has not reached the person. */
  readonly reached?: boolean;
  /** It did not arrive, and nobody has to do anything about it: the person was told of later things, or nobody is needed. */
  readonly needless?: boolean;
  /** Name of the channel that delivered it, or was the last to try. */
  readonly channel: string;
  readonly at: number;
  readonly error?: string;
}

/** One that was withdrawn has the outcome of what stands for it, unless it had been sent before. */
export function isOver({ due, state, receipt }: SpoolRow): boolean {
  return due === null && (state !== 'withdrawn' || receipt === 'missed');
}

/** @param channels in the order in which they are tried */
export function outcomeOf(row: SpoolRow, channels: readonly Channel[]): Outcome {
  const { state, error, receipt, place, changed_at: changed } = row;
  const notice = { ...noticeOf(row), again: row.again === 1 };
  const said = { notice, ...(error ? { error } : {}) };
  const toldAt = row.receipt_at ?? changed;
  if (state === 'waiting' || state === 'sending') {
    const before = channels[place - 1];
    return { ...said, ok: true, taken: true, reached: false, channel: before?.name ?? row.channel, at: toldAt };
  }
  const channel = channels.find(({ id }) => id === row.channel)?.name ?? row.channel;
  if (state === 'delivered' && receipt === 'reached') return { ...said, ok: true, reached: true, channel, at: toldAt };
  const ok = state === 'delivered';
  const missed = !ok && receipt === 'missed' ? { reached: false, needless: state === 'withdrawn' } : {};
  return { ...said, ok, channel, at: changed, ...missed };
}
