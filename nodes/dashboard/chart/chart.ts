import type { NodeAPI } from 'node-red';
import { defineWidget, type Message, type Show, takesAnswers, type Wiring } from '../node/widget.js';
import { isReading, LiveBatch } from './live.js';

const flushEvery = 250;

export default function (RED: NodeAPI): void {
  defineWidget(RED, { type: 'ui-percept-chart', rows: 8, start });
}

/** Answers go to the page that asked and are stored nowhere; readings are gathered and sent four times a second. */
function start(show: Show): Wiring {
  const batch = new LiveBatch();
  const answers = takesAnswers(['series'], show);
  const timer = setInterval(() => {
    const live = batch.take();
    if (live.length > 0) show({ live });
  }, flushEvery);

  const input = (msg: Message): boolean => {
    if (isReading(msg['reading'])) {
      batch.add(msg['reading']);
      return true;
    }
    return answers.input(msg);
  };
  return { input, close: () => clearInterval(timer) };
}
