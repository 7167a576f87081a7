import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Alert, AlertNotice, Delivery } from '../../dist/kit/index.js';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { Provider } from '../support/provider.ts';
import { TwilioServer } from '../support/twilio.ts';
import { atLeast, until } from '../support/until.ts';

const ids = { calls: 'fb0cc00000000001', texts: 'fb0cc00000000002', route: 'fb0cc00000000003' } as const;
const [call, sms, hook] = ['fb0cc00000000004', 'fb0cc00000000005', 'fb0cc00000000006'] as const;
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: alertIds.tab, name, wires: [] });

let twilio: TwilioServer;
let provider: Provider;
let nodeRed: NodeRed;

before(async () => {
  twilio = await TwilioServer.start();
  provider = await Provider.start();
  const port = await freePort();
  const { alert, changes, store, tab } = alertIds;
  const steps = [
    { after: 0, channel: 'voice', to: 'anna', chain: '' },
    { after: 3_600, channel: 'text', to: 'ben', chain: '' },
  ];
  const notify = (id: string, first: string, second: string): FlowNode => ({
    ...{ id, type: 'percept-notify', z: tab, name: '', version: 1, store, first, second, firstPause: '0.1' },
    ...{ publicUrl: `http://127.0.0.1:${port}`, wires: [[alert, 'fb0cc00000000007'], ['fb0cc00000000008']] },
  });
  const twilioChannel = (id: string, name: string, voice: boolean): FlowNode => ({
    ...{ id, type: 'percept-channel', name, kind: 'twilio', voice, url: twilio.url, from: '+4930123', to: '+491701' },
  });
  nodeRed = await NodeRed.start({
    port,
    flow: [
      ...alertFlow('receipts.sqlite', { steps, policy: 'house' }).map((node) =>
        node.id === alert ? { ...node, wires: [[ids.route], [changes], []] } : node,
      ),
      {
        ...{ id: ids.route, type: 'switch', z: tab, name: '', property: 'topic', propertyType: 'msg', outputs: 2 },
        rules: ['voice', 'text'].map((v) => ({ t: 'eq', v, vt: 'str' })),
        ...{ checkall: 'false', repair: false, wires: [[ids.calls], [ids.texts]] },
      },
      notify(ids.calls, call, hook),
      notify(ids.texts, sms, ''),
      twilioChannel(call, 'call', true),
      twilioChannel(sms, 'sms', false),
      { id: hook, type: 'percept-channel', name: 'hook', kind: 'webhook', url: provider.url },
      probe('fb0cc00000000007', 'deliveries'),
      probe('fb0cc00000000008', 'undelivered'),
    ],
    credentials: {
      [call]: { user: twilio.account, password: twilio.password },
      [sms]: { user: twilio.account, password: twilio.password },
    },
    env: { PERCEPT_LINK_KEY: 'the key of the test, for all processes', LANG: 'C' },
  });
});
after(async () => {
  await nodeRed?.stop();
  await twilio?.stop();
  await provider?.stop();
});

function find(source: string): void {
  const finding = { kind: 'loitering', source, severity: 'warning', since: Date.now(), reasons: ['Somebody is there'] };
  nodeRed.inject(alertIds.alert, { topic: 'x', finding });
}

const deliveries = (source: string, output = 'deliveries'): Delivery[] =>
  nodeRed
    .messages(output)
    .filter(({ alert }) => (alert as AlertNotice | undefined)?.source === source)
    .map(({ delivery }) => delivery as Delivery);

async function told(source: string, what: string, is: (delivery: Delivery) => boolean): Promise<Delivery> {
  return await until(() => deliveries(source).find(is), { ms: 60_000, what: `${what}; ${nodeRed.log}` });
}

const changes = (source: string): Alert[] =>
  nodeRed
    .messages('changes')
    .map(({ alert }) => alert as Alert)
    .filter((alert) => alert.source === source);

/** What the page says that a link in a notice opens. */
async function page(source: string): Promise<string> {
  const asked = provider.asked.map(({ body }) => (JSON.parse(body) as { alert: AlertNotice }).alert);
  const open = asked.find((alert) => alert.source === source)?.links?.open ?? '';
  return await (await fetch(open)).text();
}

test('a call that nobody answered goes on to the next channel; the alert tells what happened', async () => {
  twilio.become = () => ({ status: 'no-answer' });
  find('door');
  await told('door', 'the end', ({ channel, taken }) => channel === 'hook' && !taken);
  assert.deepEqual(
    deliveries('door').map(({ ok, taken, reached, channel }) => [ok, taken, reached, channel]),
    [
      [true, true, undefined, undefined],
      [true, false, undefined, 'call'],
      [true, true, false, 'call'],
      [true, false, undefined, 'hook'],
    ],
  );
  assert.match(deliveries('door')[2]?.error ?? '', /no-answer/);
  const states = () => changes('door').map(({ state }) => state);
  await until(() => states().length >= 4, { what: `the alert to follow: ${states()}` });
  assert.deepEqual(states(), ['open', 'notified', 'open', 'notified']);
  const shown = await page('door');
  assert.match(shown, /It did not reach anna over voice after all.*no-answer/s);
  assert.equal(twilio.taken.length, 1);
});

test('a call that was answered is told as having reached its person, with the time', async () => {
  twilio.become = ({ asked }) => ({ status: asked > 1 ? 'completed' : 'ringing' });
  find('gate');
  const { at = 0 } = await told('gate', 'the receipt', ({ reached }) => reached === true);
  assert.ok(at > (deliveries('gate')[1]?.at ?? Number.POSITIVE_INFINITY));
  const { id } = await until(() => changes('gate').at(-1), { what: 'the alert' });
  nodeRed.inject(alertIds.alert, { topic: 'x', acknowledge: { id, by: 'anna' } });
  const taken = await until(() => changes('gate').find(({ state }) => state === 'acknowledged'));
  const [delivery] = taken.deliveries;
  assert.deepEqual([delivery?.channel, delivery?.to, delivery?.state], ['voice', 'anna', 'reached']);
});

test('a message that no channel brought to its person comes out at the second output, and the chain goes on', async () => {
  twilio.become = ({ kind }) =>
    kind === 'Calls'
      ? { status: 'busy' }
      : { status: 'undelivered', error_code: 30005, error_message: 'Unknown destination handset' };
  provider.always = { status: 404 };
  find('yard');
  const failed = await told('yard', 'the end of the call', ({ ok }) => !ok);
  assert.deepEqual([failed.reached, failed.channel], [false, 'hook']);
  const text = await told('yard', 'the end of the message', ({ ok, channel }) => !ok && channel === 'sms');
  provider.always = undefined;
  assert.match(text.error ?? '', /undelivered \(30005 Unknown destination handset\)/);
  // another output of the node, which may come a moment later
  const dead = await atLeast(2, () => deliveries('yard', 'undelivered'), { what: 'both at the second output' });
  assert.deepEqual(
    dead.map(({ channel }) => channel),
    ['hook', 'sms'],
  );
  nodeRed.inject(ids.texts, { topic: 'x', about: 'channels' });
  const answer = await until(() => nodeRed.messages('deliveries').find(({ about }) => about === 'channels'));
  assert.match((answer['channels'] as { lastError?: string }[])[0]?.lastError ?? '', /30005/);
  assert.doesNotMatch(nodeRed.log, new RegExp(twilio.password));
});

test('what is to be asked is asked after kill -9', async () => {
  twilio.become = () => ({ status: 'ringing' });
  find('shed');
  await until(() => changes('shed').some(({ state }) => state === 'notified'), { ms: 60_000, what: 'the delivery' });
  await nodeRed.kill();
  twilio.become = () => ({ status: 'no-answer' });
  const before = provider.asked.length;
  await nodeRed.again();
  await until(() => provider.asked.slice(before).some(({ body }) => body.includes('"shed"')), {
    ...{ ms: 120_000, what: `the next channel; ${nodeRed.log}` },
  });
});
