import type { NodeAPI } from 'node-red';
import { defineWidget, takesAnswers } from '../node/widget.js';

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-tiles',
    rows: 2,
    start: (show) => takesAnswers(['throughput', 'sources', 'letters'], show),
  });
}
