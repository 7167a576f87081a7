import type { Alert, AlertNotice, Message } from '../../kit/index.js';
import type { AlertFigures } from '../desk/figures.js';
import type { Step } from '../machine/state.js';

/** For the channel that `topic` names. */
export function noticeMessage(alert: AlertNotice): Message {
  return { topic: alert.channel, payload: alert.text || alert.title, alert } as Message;
}

export function changeMessage(alert: Alert, steps: readonly Step[]): Message {
  return { topic: alert.key, payload: alert.state, alert, steps } as Message;
}

export function heartbeatMessage(figures: AlertFigures): Message {
  return { topic: 'heartbeat', payload: figures } as Message;
}
