import type { NodeAPI } from 'node-red';
import { Gathering } from '../node/gathering.js';
import { defineWidget, takesAnswers } from '../node/widget.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-findings',
    rows: 6,
    second: ['select'],
    start: (show) => {
      const gathering = new Gathering(show);
      const answers = takesAnswers(['findings'], show);
      return {
        input: (msg) => gathering.take(msg['finding']) || answers.input(msg),
        close: () => gathering.stop(),
      };
    },
  });
}
