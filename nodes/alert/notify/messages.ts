import type { AlertNotice, Delivery, Message } from '../../kit/index.js';
import type { Outcome } from '../spool/told.js';

const longestError = 500;

/** The message that brought it, with the answer for the alert node. */
export function takenMessage(notice: AlertNotice): Message {
  return answer(notice, { notice: notice.notice, ok: true, taken: true, at: Date.now() });
}

export function outcomeMessage({ notice, ok, taken = false, reached, channel, at, error }: Outcome): Message {
  const wrong = !ok || reached === false;
  return answer(notice, {
    ...{ notice: notice.notice, ok, taken, channel, at },
    ...(reached === undefined ? {} : { reached }),
    ...(wrong && error !== undefined ? { error: error.slice(0, longestError) } : {}),
  });
}

function answer(alert: AlertNotice, delivery: Delivery): Message {
  return { topic: alert.channel, payload: delivery.ok, alert, delivery } as Message;
}
