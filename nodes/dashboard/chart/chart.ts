import type { NodeAPI } from 'node-red';
import { Gathering } from '../node/gathering.js';
import { defineWidget, type Message, type Show, takesAnswers, type Wiring } from '../node/widget.js';
import { isReading, LiveBatch } from './live.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, { type: 'ui-percept-chart', rows: 8, start });
}

/** Answers go to the page that asked and are stored nowhere; readings and findings are gathered for a quarter of a second. */
function start(show: Show): Wiring {
  const batch = new LiveBatch();
  const gathering = new Gathering(show, () => {
    const live = batch.take();
    return live.length > 0 ? { live } : {};
  });
  const answers = takesAnswers(['series'], show);

  const input = (msg: Message): boolean => {
    // what a record node sends carries the reading that it is about, too
    if (gathering.take(msg['finding'])) return true;
    if (!isReading(msg['reading'])) return answers.input(msg);
    batch.add(msg['reading']);
    return true;
  };
  return { input, close: () => gathering.stop() };
}
