import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { alertIds } from '../support/alert-flow.ts';
import { knock, Visitor } from '../support/doors.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { Listening, type PhoneLab, phoneFlow, phoneIds, startPhone } from '../support/phone-flow.ts';
import { PushService } from '../support/push-service.ts';
import { until } from '../support/until.ts';

const root = '/percept/phone';
const headers = { 'content-type': 'application/json' };
const post = (visitor: Visitor, path: string, body: object, method = 'POST'): Promise<Response> =>
  visitor.ask(`${root}/${path}`, { method, headers, body: JSON.stringify(body) });

/** For each route: the answer to nobody, a viewer, an operator. */
const routes: readonly [method: string, path: string, answers: readonly [number, number, number], body?: object][] = [
  ['GET', '', [401, 200, 200]],
  ['GET', '/', [401, 200, 200]],
  ['GET', '/page.mjs', [401, 200, 200]],
  ['GET', '/worker.js', [401, 200, 200]],
  ['GET', '/manifest.webmanifest', [401, 200, 200]],
  ['GET', '/icon-192.png', [401, 200, 200]],
  ['GET', '/view', [401, 302, 302]],
  ['HEAD', '/live', [401, 200, 200]],
  ['GET', '/../phone/page.mjs', [401, 200, 200]],
  ['GET', '/none', [401, 404, 404]],
  ['GET', '/%2e%2e/phone.js', [401, 404, 404]],
  ['POST', '/act', [401, 403, 204], { what: 'acknowledge', id: 999_999, key: 'none' }],
  ['POST', '/act', [401, 403, 400], { what: 'delete', id: 1, key: 'none' }],
  ['POST', '/seen', [401, 403, 204], { notice: '1.1' }],
  ['PUT', '/device', [401, 403, 400], { endpoint: 'https://evil.example/x' }],
  ['DELETE', '/device', [401, 403, 204], { endpoint: 'https://evil.example/x' }],
  ['PATCH', '/device', [401, 403, 404], {}],
];

describe('the phone page behind the door, with Web Push', () => {
  let lab: PhoneLab;
  let service: PushService;
  let anna: Visitor;
  let ben: Visitor;
  let vera: Visitor;
  const steps = [{ after: 0, channel: 'push', to: 'anna', chain: '' }];
  before(async () => {
    service = await PushService.start();
    lab = await startPhone(service.url, { steps, ends: 'person', retry: '3600' });
    [anna, ben, vera] = await Promise.all([lab.visitor('anna'), lab.visitor('ben'), lab.visitor('vera')]);
  });
  after(async () => {
    await lab?.nodeRed.stop();
    await service?.stop();
  });

  const serverKey = async (): Promise<string> =>
    /"serverKey":"([\w-]{87})"/.exec(await (await anna.ask(root)).text())?.[1] ?? '';
  const taken = (): readonly { acknowledge?: { id: number; by: string } }[] => lab.nodeRed.messages('acts') as never;
  const state = (source: string): unknown =>
    lab.nodeRed
      .messages('changes')
      .map(({ alert }) => alert as { source: string; state: string })
      .findLast((alert) => alert.source === source)?.state;

  for (const [method, path, answers, body] of routes) {
    test(`${method} ${root}${path} ${body ? JSON.stringify(body) : ''}: ${answers.join(' ')}`, async () => {
      const found: number[] = [];
      const asking = { method, headers: body ? headers : {}, ...(body ? { body: JSON.stringify(body) } : {}) };
      for (const who of [undefined, vera, anna])
        found.push((await (who ?? new Visitor(lab.nodeRed.url)).ask(root + path, asking)).status);
      assert.deepEqual(found, answers);
    });
  }

  test("another site's page takes nothing, nor does a form of this one", async () => {
    const body = JSON.stringify({ what: 'acknowledge', id: 1, key: 'x' });
    const before = taken().length;
    const foreign = { ...headers, cookie: anna.cookie, origin: 'https://evil.example' };
    assert.equal((await anna.ask(`${root}/act`, { method: 'POST', headers: foreign, body })).status, 403);
    const form = { 'content-type': 'text/plain' };
    assert.equal((await anna.ask(`${root}/act`, { method: 'POST', headers: form, body })).status, 415);
    assert.equal(taken().length, before);
    assert.equal(await knock(`${lab.nodeRed.url.replace('http', 'ws')}${root}/live`, {}), '401');
  });

  test('an alert rings on the pages of its person until it is taken there, and on nobody else’s', async () => {
    const [hers, his] = [await Listening.open(anna, lab.nodeRed.url), await Listening.open(ben, lab.nodeRed.url)];
    lab.finding('door');
    const card = await until(() => hers.board?.cards.find(({ state: now }) => now !== 'acknowledged'), {
      what: 'the card',
    });
    const notice = await until(() => hers.board?.ringing[card.id], { what: 'it to ring' });
    await until(() => hers.notices().includes(notice), { what: 'the notice itself' });
    assert.equal((await post(anna, 'seen', { notice })).status, 204);
    await until(() => state('door') === 'notified', { what: 'the page to count as a delivery' });
    assert.deepEqual([his.board?.cards.length, his.board?.ringing], [1, {}], 'ben sees it, and it does not ring there');
    assert.deepEqual(his.notices(), []);
    assert.equal((await post(anna, 'act', { what: 'acknowledge', id: card.id, key: 'loitering/door/' })).status, 204);
    await until(() => hers.board?.cards[0]?.state === 'acknowledged' && Object.keys(hers.board.ringing).length === 0, {
      what: 'it to be quiet',
    });
    const acknowledged = await until(() => taken().find(({ acknowledge }) => acknowledge?.id === card.id)?.acknowledge);
    assert.deepEqual(acknowledged, { id: card.id, by: 'anna' });
    await until(() => state('door') === 'acknowledged', { what: 'the alert to tell of it' });
    hers.close();
    his.close();
    await until(() => lab.nodeRed.status(phoneIds.phone)?.text === 'ready', { what: 'the pages to be gone' });
  });

  test('no device and no page: the alert node is told at once, and why', async () => {
    lab.finding('gate');
    const error = await until(
      () => lab.nodeRed.messages('errors').find(({ error: said }) => /no device of/.test(JSON.stringify(said))),
      { what: 'the reason' },
    );
    assert.ok(error);
  });

  test('a device that was turned on gets the notice, survives kill -9, and goes with its person', async () => {
    const device = service.device('annas-phone');
    const registration = { ...device, serverKey: await serverKey(), device: 'Linux' };
    assert.equal((await post(anna, 'device', registration, 'PUT')).status, 204);
    await lab.nodeRed.kill();
    await lab.nodeRed.again();
    lab.finding('window');
    // what was open before, and reached nobody, may be told to it as well
    const about = () =>
      service.pushed.get('annas-phone')?.find(({ payload }) => /window/.test(String(payload['title'])));
    const { serverKey: signed } = await until(about, { what: 'the push about the window' });
    assert.equal(signed, registration.serverKey, 'the key is the same as before');
    await until(() => state('window') === 'notified', { what: 'the delivery' });
    lab.nodeRed.inject(phoneIds.phone, { forget: 'Anna' });
    await until(() => /Devices removed: 1/.test(lab.nodeRed.log), { what: 'the device to be removed' });
    assert.equal((await post(ben, 'device', registration, 'PUT')).status, 204);
    assert.equal(
      (await post(anna, 'device', { endpoint: device.endpoint }, 'DELETE')).status,
      204,
      'not hers any more',
    );
    lab.nodeRed.inject(phoneIds.phone, { forget: 'ben' });
    await until(() => lab.nodeRed.log.match(/Devices removed: 1/g)?.length === 2, { what: 'his device to go' });
  });

  test('signing out ends what the page hears', async () => {
    const leaving = await lab.visitor('anna');
    const page = await Listening.open(leaving, lab.nodeRed.url);
    await until(() => page.board, { what: 'the board' });
    await leaving.post('/access/sign-out', {});
    await until(() => page.closed, { what: 'the stream to end' });
  });

  test('nothing private is in the log', () => {
    assert.doesNotMatch(lab.nodeRed.log, /unexpected|annas-phone|p256dh/);
  });
});

describe('the phone page as a channel of its own', () => {
  let lab: PhoneLab;
  before(async () => {
    lab = await startPhone(undefined, { ends: 'person', retry: '3600' });
  });
  after(() => lab?.nodeRed.stop());

  test('an open page that shows a notice is its receipt; without one that is said', async () => {
    const anna = await lab.visitor('anna');
    lab.finding('gate');
    const refused = await until(() => lab.nodeRed.messages('acts')[0]?.['delivery'] as { ok: boolean; error: string }, {
      what: 'the answer',
    });
    assert.deepEqual([refused.ok, /No page is open/.test(refused.error)], [false, true]);
    const page = await Listening.open(anna, lab.nodeRed.url);
    lab.finding('door');
    const notice = await until(() => page.notices()[0], { what: 'the notice' });
    await post(anna, 'seen', { notice });
    await until(
      () =>
        lab.nodeRed.messages('acts').some(({ delivery }) => (delivery as { ok?: boolean } | undefined)?.ok === true),
      { what: 'the receipt' },
    );
    lab.nodeRed.inject(alertIds.alert, { test: true });
    await until(() => page.events.some(({ data }) => data['occasion'] === 'test'), { what: 'the test on the page' });
    page.close();
  });

  test('without a push channel the page offers no notifications', async () => {
    const anna = await lab.visitor('anna');
    assert.match(await (await anna.ask(root)).text(), /"serverKey":""/);
  });
});

describe('the phone page without a door', () => {
  let nodeRed: NodeRed;
  const flow = phoneFlow('percept/percept.sqlite', undefined, { ends: 'person' });
  const page = async (): Promise<number> => (await fetch(`${nodeRed.url}${root}`)).status;
  before(async () => {
    nodeRed = await NodeRed.start({ flow, settings: "httpNodeRoot: '/'," });
  });
  after(() => nodeRed?.stop());

  test('whoever sits there may take an alert; nobody is named', async () => {
    nodeRed.inject(alertIds.alert, { finding: { kind: 'loitering', source: 'door', since: Date.now() } });
    const listening = await Listening.open(new Visitor(nodeRed.url), nodeRed.url);
    const card = await until(() => listening.board?.cards[0], { what: 'the card' });
    const body = JSON.stringify({ what: 'acknowledge', id: card.id, key: 'loitering/door/' });
    assert.equal((await fetch(`${nodeRed.url}${root}/act`, { method: 'POST', headers, body })).status, 204);
    await until(() => listening.board?.cards[0]?.state === 'acknowledged', { what: 'it to be taken' });
    listening.close();
  });

  test('a second phone node says that the place is taken; after a deploy the page is there again', async () => {
    const second = { ...flow.find(({ id }) => id === phoneIds.phone), id: 'fa1e000000000020', wires: [[]] } as FlowNode;
    await nodeRed.deploy([...flow, second]);
    await until(() => nodeRed.status(second.id)?.text === 'second phone page', { what: 'the second to say so' });
    assert.equal(await page(), 200);
    await nodeRed.deploy([...flow.filter(({ id }) => id !== phoneIds.phone), second]);
    await until(async () => (await page()) === 200, { what: 'the second to serve' });
    await nodeRed.deploy(flow.filter(({ id }) => id !== phoneIds.phone));
    assert.equal(await page(), 404);
  });
});
