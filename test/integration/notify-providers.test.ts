import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { SendProblem } from '../../dist/alert/channels/channel.js';
import { freePort } from '../support/ports.ts';
import { Provider } from '../support/provider.ts';
import { channel, notice, parcel } from '../support/provider-notice.ts';

let provider: Provider;
before(async () => {
  provider = await Provider.start();
});
beforeEach(() => provider.asked.splice(0));
after(() => provider.stop());

const signal = AbortSignal.timeout(600_000);
const problem = (thrown: unknown): SendProblem => thrown as SendProblem;
const last = () => JSON.parse(provider.asked.at(-1)?.body ?? '{}') as Record<string, unknown>;

test('a webhook is signed over its time and body, and known by its key when it comes again', async () => {
  const hook = channel({ url: `${provider.url}/in` }, { secrets: { token: 'a-secret' } });
  await hook.send(parcel(), signal);
  const [asked] = provider.asked;
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(asked?.headers['percept-signature'])) ?? [];
  assert.equal(signature, createHmac('sha256', 'a-secret').update(`${time}.${asked?.body}`).digest('hex'));
  assert.equal(asked?.headers['idempotency-key'], parcel().key);
  assert.deepEqual(last()['alert'], notice(1));
});

test('what a provider answers says whether to come again, when, or never', async () => {
  const hook = channel({ url: provider.url, timeout: 1 }, { secrets: { token: 'a-secret' } });
  const fails = async (code: string, failure: string, after = 0) =>
    await assert.rejects(hook.send(parcel(), signal), (thrown) => {
      assert.deepEqual([problem(thrown).problem.code, problem(thrown).failure], [code, failure]);
      assert.equal(problem(thrown).after, after);
      assert.doesNotMatch(problem(thrown).message, /a-secret/);
      return true;
    });
  provider.answers.push({ status: 429, headers: { 'Retry-After': '7' } });
  await fails('notify-busy', 'later', 7_000);
  provider.answers.push({ status: 500, body: 'a-secret is out of order' });
  await fails('notify-busy', 'later');
  provider.answers.push({ status: 401 });
  await fails('notify-password', 'refused');
  provider.answers.push({ status: 404 });
  await fails('notify-refused', 'refused');
  provider.answers.push({ status: 302, headers: { Location: 'http://127.0.0.1:1/' } });
  await fails('notify-refused', 'refused');
  provider.answers.push('hang');
  await fails('notify-no-answer', 'unanswered');
  provider.answers.push('reset');
  await fails('notify-no-answer', 'unanswered');
});

test('where nobody listens, nothing has arrived', async () => {
  await assert.rejects(
    channel({ url: `http://127.0.0.1:${await freePort()}/` }).send(parcel(), signal),
    (thrown) => problem(thrown).failure === 'later' && problem(thrown).problem.code === 'notify-unreachable',
  );
});

test('an address that is none is a matter of the settings', async () => {
  for (const url of ['nonsense', 'ftp://127.0.0.1/', 'http://127.0.0.1:1/'])
    await assert.rejects(channel({ url }).send(parcel(), signal), (thrown) => {
      return problem(thrown).problem.code === 'notify-setting' && problem(thrown).failure === 'refused';
    });
});

test('ntfy gets a priority by severity, and one id for all of a thread', async () => {
  const push = channel({ kind: 'ntfy', url: provider.url, to: 'house', people: [{ name: 'Anna', address: 'annas' }] });
  await push.send(parcel({ notice: notice(1, { severity: 'critical' }) }), signal);
  const { sequence_id: id, ...told } = last();
  assert.deepEqual([told['topic'], told['priority'], told['title']], ['annas', 5, 'Somebody at the door']);
  await push.send(parcel({ notice: notice(2, { occasion: 'update', quiet: true, to: 'ben' }) }), signal);
  assert.deepEqual([last()['topic'], last()['priority'], last()['sequence_id']], ['house', 2, id]);
});

test('Telegram changes its message in place, or sends a new one where that is gone', async () => {
  const bot = channel({ kind: 'telegram', url: provider.url, to: '4711' }, { secrets: { token: '1:abcdef' } });
  provider.answers.push({ status: 200, body: '{"ok":true,"result":{"message_id":5}}' });
  assert.deepEqual(await bot.send(parcel(), signal), { reference: '5' });
  const update = parcel({ notice: notice(2, { occasion: 'resolved', title: 'Over' }), earlier: ['5'] });
  assert.deepEqual(await bot.send(update, signal), { reference: '5' });
  assert.equal(provider.asked.at(-1)?.path, '/bot1:abcdef/editMessageText');
  assert.equal(last()['message_id'], 5);
  provider.answers.push({ status: 400, body: '{"ok":false,"description":"Bad Request: message to edit not found"}' });
  provider.answers.push({ status: 200, body: '{"ok":true,"result":{"message_id":6}}' });
  assert.deepEqual(await bot.send(update, signal), { reference: '6' });
  assert.equal(provider.asked.at(-1)?.path, '/bot1:abcdef/sendMessage');
});

test("Telegram's flood limit in the body is obeyed, and a chat that is not there is told as such", async () => {
  const bot = channel({ kind: 'telegram', url: provider.url, to: '4711' }, { secrets: { token: '1:abcdef' } });
  provider.answers.push({ status: 429, body: '{"ok":false,"parameters":{"retry_after":3}}' });
  await assert.rejects(bot.send(parcel(), signal), (thrown) => problem(thrown).after === 3_000);
  provider.answers.push({ status: 400, body: '{"ok":false,"description":"Bad Request: chat not found"}' });
  await assert.rejects(bot.send(parcel(), signal), (thrown) => {
    return problem(thrown).problem.code === 'notify-recipient' && /4711/.test(problem(thrown).message);
  });
});

test('Twilio sends messages and calls, and never an emergency number', async () => {
  const secrets = { user: 'AC1', password: 'auth-token' };
  const sms = channel({ kind: 'twilio', url: provider.url, from: '+4930123', to: '+49 170 1234567' }, { secrets });
  provider.answers.push({ status: 201, body: '{"sid":"SM1"}' });
  assert.deepEqual(await sms.send(parcel(), signal), { reference: 'SM1' });
  const [asked] = provider.asked;
  assert.equal(asked?.path, '/2010-04-01/Accounts/AC1/Messages.json');
  assert.equal(asked?.headers['authorization'], `Basic ${Buffer.from('AC1:auth-token').toString('base64')}`);
  assert.equal(new URLSearchParams(asked?.body).get('To'), '+491701234567');
  const call = channel(
    { kind: 'twilio', voice: true, url: provider.url, from: '+4930123', to: '+491701' },
    { secrets },
  );
  await call.send(parcel({ notice: notice(1, { text: 'a <b> & c' }) }), signal);
  assert.equal(provider.asked.at(-1)?.path, '/2010-04-01/Accounts/AC1/Calls.json');
  assert.match(new URLSearchParams(provider.asked.at(-1)?.body).get('Twiml') ?? '', /<Say [^<>]*>[^<>&]*<\/Say>/);
  const asks = provider.asked.length;
  for (const to of ['112', '911', '+1 19', '999']) {
    const emergency = channel({ kind: 'twilio', url: provider.url, from: '+4930123', to }, { secrets });
    await assert.rejects(emergency.send(parcel(), signal), (thrown) => {
      return problem(thrown).problem.code === 'notify-emergency' && problem(thrown).failure === 'refused';
    });
  }
  assert.equal(provider.asked.length, asks);
});

test('Twilio is asked what became of a message or a call: a GET with the same name and password', async () => {
  const secrets = { user: 'AC1', password: 'auth-token' };
  const sms = channel({ kind: 'twilio', url: provider.url, from: '+4930123', to: '+491701', timeout: 1 }, { secrets });
  const said = async (reference: string, body: object) => {
    provider.answers.push({ status: 200, body: JSON.stringify(body) });
    const told = await sms.receipt?.(reference, signal);
    return told?.state === 'missed' ? told.problem.message : told?.state;
  };
  const message = async (status: string, more = {}) => await said('SM1', { status, ...more });
  for (const status of ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'of a later version'])
    assert.equal(await message(status), 'pending', status);
  assert.deepEqual([await message('delivered'), await message('read')], ['reached', 'reached']);
  assert.match(
    (await message('undelivered', { error_code: 30003, error_message: 'Unreachable, auth-token' })) ?? '',
    /undelivered \(30003 Unreachable, [^a]*\)/,
  );
  for (const status of ['failed', 'canceled']) assert.match((await message(status)) ?? '', new RegExp(status));
  const [asked] = provider.asked;
  assert.deepEqual(
    [asked?.method, asked?.path, asked?.body, asked?.headers['authorization']],
    [
      'GET',
      '/2010-04-01/Accounts/AC1/Messages/SM1.json',
      '',
      `Basic ${Buffer.from('AC1:auth-token').toString('base64')}`,
    ],
  );
  const call = async (status: string) => await said('CA1', { status });
  for (const status of ['queued', 'ringing', 'in-progress']) assert.equal(await call(status), 'pending', status);
  assert.equal(await call('completed'), 'reached');
  assert.equal(provider.asked.at(-1)?.path, '/2010-04-01/Accounts/AC1/Calls/CA1.json');
  for (const status of ['busy', 'no-answer', 'failed', 'canceled'])
    assert.match((await call(status)) ?? '', new RegExp(status));
});

test('a Twilio that cannot be asked is asked later; one that will not tell says so', async () => {
  const secrets = { user: 'AC1', password: 'auth-token' };
  const sms = channel({ kind: 'twilio', url: provider.url, from: '+4930123', to: '+491701', timeout: 1 }, { secrets });
  for (const [answer, failure] of [
    [{ status: 429, headers: { 'Retry-After': '7' } }, 'later'],
    [{ status: 500 }, 'later'],
    ['hang', 'unanswered'],
    ['reset', 'unanswered'],
    [{ status: 401, body: 'auth-token is wrong' }, 'refused'],
    [{ status: 404 }, 'refused'],
  ] as const) {
    provider.answers.push(answer);
    await assert.rejects(sms.receipt?.('SM1', signal) ?? Promise.resolve(), (thrown) => {
      assert.doesNotMatch(problem(thrown).message, /auth-token/);
      return problem(thrown).failure === failure;
    });
  }
  provider.answers.push({ status: 200, body: 'no JSON' });
  assert.equal((await sms.receipt?.('SM1', signal))?.state, 'pending');
});

test('a person without an address, where there is none for everybody, is told by name', async () => {
  const push = channel({ kind: 'ntfy', url: provider.url });
  await assert.rejects(push.send(parcel(), signal), /no address for "anna"/);
});
