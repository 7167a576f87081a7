import type { NodeAPI } from 'node-red';
import { defineWidget, type Message, type Show, takesAnswers, type Wiring } from '../node/widget.js';
import { Changes } from './changes.js';
import { addressed } from './requests.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-alerts',
    rows: 6,
    second: ['acknowledge', 'snooze', 'silence', 'resolve', 'policy'],
    third: ['channels', 'test'],
    start,
  });
}

/** Pages ask for what they show, and are told what changes meanwhile. */
function start(show: Show): Wiring {
  const changes = new Changes(show);
  const answers = takesAnswers(['alerts', 'alert', 'silences'], show);
  const input = (msg: Message): boolean => {
    const { policy, channels, tests, _client } = msg;
    // what went wrong on the way to a channel is its health; what somebody asked for goes back to them
    if (msg['error'] !== undefined && !_client) return true;
    if (msg['error'] === undefined && changes.take(msg['alert'])) return true;
    if (typeof policy === 'object' && policy !== null) show({ policy, _client });
    else if (Array.isArray(channels)) show({ channels, tests, _client });
    else if (msg['silence'] !== undefined) show({ silenced: true, _client });
    else return answers.input(msg);
    return true;
  };
  const action = (msg: Message): boolean => {
    addressed(msg);
    return false;
  };
  return { input, action, close: () => changes.stop() };
}
