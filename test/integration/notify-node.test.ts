import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { linkKey } from '../../dist/alert/links/key.js';
import { type Claim, unseal } from '../../dist/alert/links/token.js';
import type { AlertNotice, Delivery } from '../../dist/kit/index.js';
import { openStore } from '../../dist/store/open.js';
import { alertFlow, alertIds } from '../support/alert-flow.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { Provider } from '../support/provider.ts';
import { until } from '../support/until.ts';

const notify = 'fb07100000000001';
const [first, second] = ['fb07100000000002', 'fb07100000000003'];
const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: alertIds.tab, name, wires: [] });
let provider: Provider;
let nodeRed: NodeRed;

before(async () => {
  provider = await Provider.start();
  const nobody = `http://127.0.0.1:${await freePort()}/`;
  const webhook = (id: string, name: string, url: string) => ({
    id,
    type: 'percept-channel',
    name,
    kind: 'webhook',
    url,
  });
  const deliveries = [alertIds.alert, 'fb07100000000004'];
  nodeRed = await NodeRed.start({
    flow: [
      ...alertFlow('alerts.sqlite').map((node) =>
        node.id === alertIds.alert ? { ...node, wires: [[notify], [alertIds.changes], []] } : node,
      ),
      {
        ...{ id: notify, type: 'percept-notify', z: alertIds.tab, name: '', version: 1, store: alertIds.store },
        ...{
          first,
          second,
          failover: '1',
          firstPause: '0.1',
          publicUrl: 'https://plant.example',
          wires: [deliveries, ['fb07100000000005']],
        },
      },
      webhook(first, 'nobody listens', nobody),
      webhook(second, 'provider', provider.url),
      probe('fb07100000000004', 'deliveries'),
      probe('fb07100000000005', 'undelivered'),
    ],
    credentials: { [second]: { token: 'hidden-secret' } },
  });
});
after(async () => {
  await nodeRed.stop();
  await provider.stop();
});

const finding = (source: string) => ({
  topic: 'x',
  finding: { kind: 'loitering', source, severity: 'warning', since: Date.now(), reasons: ['Somebody is there'] },
});
const deliveries = () => nodeRed.messages('deliveries').map(({ delivery }) => delivery as Delivery);

test('an alert is told over the second channel where the first does not take it, and knows that it was', async () => {
  nodeRed.inject(alertIds.alert, finding('door'));
  await until(() => provider.asked.length === 1, { what: `the notice; ${nodeRed.log}` });
  const { alert } = JSON.parse(provider.asked[0]?.body ?? '{}') as { alert: AlertNotice };
  assert.equal(alert.source, 'door');
  assert.match(String(provider.asked[0]?.headers['percept-signature']), /^t=\d+,v1=[0-9a-f]{64}$/);
  await until(() => nodeRed.messages('changes').some(({ payload }) => payload === 'notified'), { what: 'the receipt' });
  await until(() => deliveries().length >= 2, { what: 'both deliveries' });
  assert.deepEqual(
    deliveries().map(({ ok, taken, channel }) => [ok, taken, channel]),
    [
      [true, true, undefined],
      [true, false, 'provider'],
    ],
  );
});

test('what no channel takes comes out at the second output and reaches Catch nodes, without secrets', async () => {
  provider.always = { status: 404, body: 'no hidden-secret here' };
  nodeRed.inject(alertIds.alert, finding('gate'));
  const dead = await until(() => nodeRed.messages('undelivered')[0]);
  provider.always = undefined;
  assert.equal((dead['delivery'] as Delivery).ok, false);
  const errors = () => nodeRed.messages('errors').map(({ error }) => String((error as { message?: string }).message));
  await until(() => errors().some((text) => /could not be delivered on any channel/.test(text)));
  assert.doesNotMatch(JSON.stringify([dead, errors()]) + nodeRed.log, /hidden-secret/);
});

const answers = () => nodeRed.messages('deliveries').filter(({ about }) => about === 'channels');

test('a test goes over each channel at once and tells what came of it; the alert node leaves the answer alone', async () => {
  const [asked, errors] = [provider.asked.length, nodeRed.messages('errors').length];
  nodeRed.inject(notify, { topic: 'x', test: true });
  const answer = await until(() => answers().at(-1), { what: 'the answer' });
  const tests = answer['tests'] as { name: string; ok: boolean; error?: string }[];
  assert.deepEqual(
    tests.map(({ name, ok }) => [name, ok]),
    [
      ['nobody listens', false],
      ['provider', true],
    ],
  );
  assert.match(tests[0]?.error ?? '', /cannot be reached/);
  assert.deepEqual([answer.payload, answer['test']], [false, undefined]);
  assert.match(provider.asked.at(-1)?.body ?? '', /"occasion":"test"/);
  assert.equal(provider.asked.length, asked + 1);
  nodeRed.inject(notify, { topic: 'x', test: { channel: 'provider' } });
  await until(() => answers().length === 2, { what: 'the second answer' });
  assert.equal(answers().at(-1)?.payload, true);
  assert.equal(nodeRed.messages('errors').length, errors);
});

test('how the channels do is answered to whoever asks', async () => {
  const before = answers().length;
  nodeRed.inject(notify, { topic: 'page 7', about: 'channels' });
  const answer = await until(() => answers()[before], { what: 'the answer' });
  const channels = answer['channels'] as { name: string; kind: string; waiting: number; lastDelivered?: number }[];
  assert.equal(answer['topic'], 'page 7');
  assert.deepEqual(
    channels.map(({ name, kind, waiting }) => [name, kind, waiting]),
    [
      ['nobody listens', 'webhook', 0],
      ['provider', 'webhook', 0],
    ],
  );
  assert.ok(channels[1]?.lastDelivered);
});

test('what no channel took is sent again when somebody asks for it', async () => {
  const dead = nodeRed.messages('undelivered')[0]?.['alert'] as AlertNotice;
  const asked = provider.asked.length;
  nodeRed.inject(notify, { topic: 'x', resend: dead.notice });
  await until(() => provider.asked.slice(asked).some(({ body }) => body.includes(dead.notice)), { what: 'it again' });
  await until(() => deliveries().some((one) => one?.notice === dead.notice && one.ok && !one.taken), {
    what: 'its end',
  });
  nodeRed.inject(notify, { topic: 'x', resend: 'no.such' });
  await until(() => nodeRed.messages('errors').some(({ error }) => /No notice/.test(JSON.stringify(error))));
});

test('what waits keeps no links; each time it is sent it has links that are good from then on', async () => {
  const claimIn = ({ links }: AlertNotice): Claim | undefined =>
    unseal(linkKey(nodeRed.userDir, {}), links?.acknowledge.split('/').at(-1) ?? '');
  const day = 24 * 3_600_000;
  provider.always = { status: 404 };
  const before = nodeRed.messages('undelivered').length;
  nodeRed.inject(alertIds.alert, finding('lawn'));
  const dead = (await until(() => nodeRed.messages('undelivered')[before]))['alert'] as AlertNotice;
  provider.always = undefined;
  const store = await openStore({ url: join(nodeRed.userDir, 'alerts.sqlite') });
  const kept = await store.db.selectFrom('notice_spool').select('body').execute();
  await store.close();
  assert.ok(kept.length > 1);
  assert.ok(kept.every(({ body }) => !body.includes('plant.example')));
  const first = claimIn(dead)?.until ?? 0;
  await until(() => Date.now() + day > first + 2_000, { what: 'links that are older by a second at least' });
  const asked = provider.asked.length;
  nodeRed.inject(notify, { topic: 'x', resend: dead.notice });
  const sent = await until(() => provider.asked.slice(asked).find(({ body }) => body.includes(dead.notice)));
  const claim = claimIn((JSON.parse(sent.body) as { alert: AlertNotice }).alert);
  assert.deepEqual({ ...claim, until: 0 }, { ...claimIn(dead), until: 0 });
  assert.ok((claim?.until ?? 0) > first, `${claim?.until} is not after ${first}`);
});

test("the editor's button tests the channel that is deployed, and says what the provider answered", async () => {
  const post = async (id: string) => await fetch(`${nodeRed.url}/percept/channel/${id}/test`, { method: 'POST' });
  const asked = provider.asked.length;
  assert.equal((await post(second)).status, 204);
  assert.equal(provider.asked.length, asked + 1);
  const refused = await post(first);
  assert.equal(refused.status, 502);
  assert.match(await refused.text(), /nobody listens cannot be reached/);
  assert.equal((await post('fb07100000000009')).status, 404);
});

test('a message without a notice is an error with what to do', async () => {
  nodeRed.inject(notify, { topic: 'x', payload: 1 });
  await until(() => nodeRed.messages('errors').some(({ error }) => /no msg\.alert/.test(JSON.stringify(error))));
});

test('a notice that was taken is sent after kill -9', async () => {
  provider.always = { status: 503 };
  const asked = provider.asked.length;
  nodeRed.inject(alertIds.alert, finding('yard'));
  await until(() => provider.asked.length > asked, { what: 'an attempt' });
  await nodeRed.kill();
  provider.always = undefined;
  const before = provider.asked.length;
  await nodeRed.again();
  await until(() => provider.asked.slice(before).some(({ body }) => body.includes('"yard"')), { what: 'the notice' });
});
