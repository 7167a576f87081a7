import type { NodeAPI } from 'node-red';
import { defineWidget, type Message, type Show, takesAnswers, type Wiring } from '../node/widget.js';
import { Cards } from './cards.js';

/** ms; what comes in between goes to the pages at once. */
const every = 500;

export default function (RED: NodeAPI): void {
  defineWidget(RED, {
    type: 'ui-percept-machines',
    rows: 8,
    second: ['learn', 'rollback', 'models'],
    third: ['select'],
    start,
  });
}

/** Pages ask for all there is when they open, and are told what changed twice a second. */
function start(show: Show): Wiring {
  const cards = new Cards();
  const answers = takesAnswers(['sound'], show);
  const timer = setInterval(() => {
    const news = cards.fresh();
    if (news.length > 0) show({ cards: news, now: Date.now() });
  }, every);

  const input = (msg: Message): boolean => cards.take(msg, Date.now()) || answers.input(msg);
  const action = (msg: Message): boolean => {
    // the dashboard puts a topic of its own in the place of the page's
    if (typeof msg['about'] === 'string') {
      msg.topic = msg['about'];
      delete msg['about'];
    }
    if (msg['whole'] !== true) return false;
    show({ cards: cards.whole(), whole: true, now: Date.now(), _client: msg['_client'] });
    return true;
  };
  return { input, action, close: () => clearInterval(timer) };
}
