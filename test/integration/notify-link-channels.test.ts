import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { connectAsync } from 'mqtt';
import type { SendProblem } from '../../dist/alert/channels/channel.js';
import type { AlertNotice } from '../../dist/kit/index.js';
import { Mosquitto } from '../servers/mosquitto.ts';
import { plain } from '../support/link-flow.ts';
import { needs } from '../support/needs.ts';
import { Provider } from '../support/provider.ts';
import { channel, notice, parcel } from '../support/provider-notice.ts';
import { MailServer } from '../support/smtp.ts';
import { until } from '../support/until.ts';

const links = {
  open: `https://plant.example/percept/alert/${'o'.repeat(47)}`,
  acknowledge: `https://plant.example/percept/alert/${'a'.repeat(47)}`,
};
const linked = (changes: Partial<AlertNotice> = {}) => parcel({ notice: notice(1, { links, ...changes }) });
const over = { occasion: 'acknowledged', state: 'acknowledged' } as const;

let provider: Provider;
before(async () => {
  provider = await Provider.start();
});
beforeEach(() => provider.asked.splice(0));
after(() => provider.stop());

const signal = AbortSignal.timeout(600_000);
const last = () => JSON.parse(provider.asked.at(-1)?.body ?? '{}') as Record<string, unknown>;
const form = () => new URLSearchParams(provider.asked.at(-1)?.body);

test('a mail has both links as text and as buttons, and that to look alone once it is taken', async () => {
  const server = await MailServer.start();
  const mail = channel(
    { kind: 'email', port: server.port, from: 'percept@example.org', to: 'anna@example.org' },
    { secrets: { user: 'percept', password: server.password }, tls: { ca: server.ca } },
  );
  try {
    await mail.send(linked(), signal);
    const first = plain(server.mails[0] ?? '');
    assert.match(first, new RegExp(`^Open: ${links.open}\\r?\\nI take it: ${links.acknowledge}`, 'm'));
    for (const url of Object.values(links)) assert.ok(first.includes(`href="${url}"`), url);
    await mail.send(linked(over), signal);
    const second = plain(server.mails[1] ?? '');
    assert.ok(second.includes(links.open) && !second.includes(links.acknowledge));
  } finally {
    await mail.close?.();
    await server.stop();
  }
});

test('ntfy opens the alert by a tap and takes it from the notification, in place also after an update', async () => {
  const push = channel({ kind: 'ntfy', url: provider.url, to: 'house' });
  await push.send(linked(), signal);
  const { click, actions, sequence_id: id } = last();
  assert.equal(click, links.open);
  assert.deepEqual(actions, [
    { action: 'view', label: 'Open', url: links.open },
    {
      ...{ action: 'http', label: 'I take it', url: links.acknowledge, method: 'POST' },
      ...{ headers: { Accept: 'application/json' }, clear: true },
    },
  ]);
  await push.send(linked(over), signal);
  assert.deepEqual([last()['sequence_id'], (last()['actions'] as object[]).length], [id, 1]);
  await push.send(parcel(), signal);
  assert.ok(!('click' in last()) && !('actions' in last()));
});

test('Telegram has buttons, also where it changes its message in place', async () => {
  const bot = channel({ kind: 'telegram', url: provider.url, to: '4711' }, { secrets: { token: '1:abcdef' } });
  await bot.send(linked(), signal);
  const keyboard = [
    { text: 'Open', url: links.open },
    { text: 'I take it', url: links.acknowledge },
  ];
  assert.deepEqual(last()['reply_markup'], { inline_keyboard: [keyboard] });
  await bot.send({ ...linked({ ...over }), earlier: ['5'] }, signal);
  assert.equal(provider.asked.at(-1)?.path, '/bot1:abcdef/editMessageText');
  assert.deepEqual(last()['reply_markup'], { inline_keyboard: [[keyboard[0]]] });
});

test('where Telegram takes no button for an address, the link stands in the text', async () => {
  const bot = channel({ kind: 'telegram', url: provider.url, to: '4711' }, { secrets: { token: '1:abcdef' } });
  for (const description of [
    'Bad Request: BUTTON_URL_INVALID',
    `Bad Request: inline keyboard button URL '${links.open}' is invalid: Wrong HTTP URL`,
  ]) {
    provider.answers.push({ status: 400, body: JSON.stringify({ ok: false, description }) });
    provider.answers.push({ status: 200, body: '{"ok":true,"result":{"message_id":6}}' });
    const long = linked({ text: 'x'.repeat(5_000) });
    assert.deepEqual(await bot.send(long, signal), { reference: '6' });
    assert.ok(!('reply_markup' in last()));
    const text = String(last()['text']);
    assert.ok(text.length <= 4_096 && text.endsWith(`\nOpen: ${links.open}\nI take it: ${links.acknowledge}`));
  }
});

test('an SMS has one link, whole, and a call speaks none', async () => {
  const secrets = { user: 'AC1', password: 'auth-token' };
  const settings = { kind: 'twilio', url: provider.url, from: '+4930123', to: '+491701' } as const;
  await channel(settings, { secrets }).send(linked({ text: '문 앞에 누가 있습니다. '.repeat(100) }), signal);
  assert.ok(form().get('Body')?.endsWith(`...\n${links.acknowledge}`));
  assert.ok((form().get('Body')?.length ?? 999) <= 3 * 67);
  await channel({ ...settings, voice: true }, { secrets }).send(linked(), signal);
  assert.doesNotMatch(form().get('Twiml') ?? '', /plant\.example/);
});

test('a webhook gets them as fields; in its errors they are not', async () => {
  const hook = channel({ url: provider.url });
  await hook.send(linked(), signal);
  assert.deepEqual((last()['alert'] as AlertNotice).links, links);
  provider.answers.push({ status: 404, body: `no ${links.acknowledge} here` });
  await assert.rejects(hook.send(linked(), signal), (thrown) => {
    return !(thrown as SendProblem).message.includes(links.acknowledge);
  });
});

test('over MQTT they are fields of the notice', { skip: needs('mosquitto') }, async () => {
  const mosquitto = await Mosquitto.start();
  const port = mosquitto.ports.tcp;
  const got: string[] = [];
  const listener = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const broker = { protocol: 'mqtt' as const, host: '127.0.0.1', port, path: '', version: '5' as const };
  const home = channel(
    { kind: 'mqtt', topic: 'percept/alert' },
    { broker: { ...broker, keepalive: 30, sessionExpiry: 0, tls: {} } },
  );
  try {
    listener.on('message', (_topic, body) => got.push(body.toString()));
    await listener.subscribeAsync('#', { qos: 1 });
    await home.send(linked(), signal);
    const body = await until(() => got[0], { what: 'the notice' });
    assert.deepEqual((JSON.parse(body) as AlertNotice).links, links);
  } finally {
    await home.close?.();
    await listener.endAsync(true);
    await mosquitto.stop();
  }
});
