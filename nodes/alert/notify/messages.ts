import type { AlertNotice, Delivery, Message } from '../../kit/index.js';
import type { Outcome } from '../spool/ledger.js';

const longestError = 500;

/** The message that brought it, with the answer for the alert node. */
export function takenMessage(notice: AlertNotice): Message {
  return answer(notice, { notice: notice.notice, ok: true, taken: true, at: Date.now() });
}

export function outcomeMessage({ notice, ok, channel, at, error }: Outcome): Message {
  const said = ok || error === undefined ? {} : { error: error.slice(0, longestError) };
  return answer(notice, { notice: notice.notice, ok, taken: false, channel, at, ...said });
}

function answer(alert: AlertNotice, delivery: Delivery): Message {
  return { topic: alert.channel, payload: delivery.ok, alert, delivery } as Message;
}
