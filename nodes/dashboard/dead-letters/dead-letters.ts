import type { NodeAPI } from 'node-red';
import { defineWidget, takesAnswers } from '../node/widget.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-dead-letters',
    rows: 6,
    second: ['redrive'],
    start: (show) => takesAnswers(['letters'], show),
  });
}
