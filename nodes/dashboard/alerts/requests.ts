import type { Message } from '../node/widget.js';

const requests = ['acknowledge', 'snooze', 'silence', 'resolve'] as const;

/**
 * Makes of what a page sent what an alert or a notify node understands. The topic is the policy that it concerns, for a switch where
 * there are several; who asks is who has signed in, whatever the page says.
 */
export function addressed(msg: Message): void {
  for (const request of requests) {
    const given = msg[request];
    if (typeof given !== 'object' || given === null) continue;
    msg[request] = { ...given, by: nameOf(msg) };
    // the dashboard puts a topic of its own in the place of the page's
    msg.topic = typeof msg['of'] === 'string' ? msg['of'] : '';
  }
  delete msg['of'];
  if (msg['policy'] === true) msg['about'] = 'policy';
  if (msg['channels'] === true) msg['about'] = 'channels';
}

/** Empty where nobody has to sign in. */
function nameOf(msg: Message): string {
  const name = (msg['_client'] as { user?: { name?: unknown } } | undefined)?.user?.name;
  return typeof name === 'string' ? name.slice(0, 200) : '';
}
