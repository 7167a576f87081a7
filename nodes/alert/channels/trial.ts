import { type AlertNotice, toPerceptError } from '../../kit/index.js';
import { type Channel, SendProblem } from './channel.js';

/** What came of a test. */
export interface Tried {
  /** Of the channel. */
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
  /** ms */
  readonly took: number;
}

export interface TrialWords {
  readonly title: string;
  readonly text: string;
}

const longestMs = 60_000;
let tests = 0;

/** A notice that says of itself that nothing has happened. @param policy whose test it is */
export function testNotice(channel: Channel, policy: string, { title, text }: TrialWords): AlertNotice {
  const now = Date.now();
  const number = `test.${now}.${++tests}`;
  return {
    ...{ id: 0, policy, key: 'test', state: 'open', severity: 'notice', kind: 'test', source: '', zone: '' },
    ...{ opened: now, count: 1, round: 1, step: 0, title, text, reasons: [], evidence: [] },
    ...{ notice: number, channel: channel.name, to: channel.testTo ?? '', occasion: 'test' },
    ...{ thread: number, again: false, quiet: false },
  };
}

/** Sends at once, and once. Never rejects. */
export async function tryChannel(channel: Channel, notice: AlertNotice, signal: AbortSignal): Promise<Tried> {
  const { id, name } = channel;
  const began = performance.now();
  const about = (): Pick<Tried, 'id' | 'name' | 'took'> => ({ id, name, took: Math.round(performance.now() - began) });
  const { notice: key, thread } = notice;
  const parcel = { notice, key, thread, earlier: [], picture: async () => undefined };
  try {
    await channel.send(parcel, AbortSignal.any([signal, AbortSignal.timeout(longestMs)]));
    return { ...about(), ok: true };
  } catch (thrown) {
    const problem = thrown instanceof SendProblem ? thrown.problem : toPerceptError(thrown);
    return { ...about(), ok: false, error: problem.localized() };
  }
}
