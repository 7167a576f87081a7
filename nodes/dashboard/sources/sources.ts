import type { NodeAPI } from 'node-red';
import { defineWidget, takesAnswers } from '../node/widget.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-sources',
    rows: 6,
    second: ['select'],
    start: (show) => takesAnswers(['sources'], show),
  });
}
