import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { SendProblem } from '../../dist/alert/channels/channel.js';
import type { ChannelSecrets, ChannelSettings } from '../../dist/alert/channels/settings.js';
import { freePort } from '../support/ports.ts';
import { channel, notice, parcel } from '../support/provider-notice.ts';
import { attributesOf, SnsServer } from '../support/sns.ts';

const arn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
const { signal } = new AbortController();
let server: SnsServer;
before(async () => {
  server = await SnsServer.start();
});
after(async () => await server.stop());
afterEach(() => {
  server.manner = 'well';
});

function sns(to: string, settings: Partial<ChannelSettings> = {}, secrets?: ChannelSecrets) {
  return channel(
    { kind: 'sns', to, url: server.url, region: 'eu-central-1', timeout: 2, ...settings },
    { secrets: secrets ?? { user: server.keyId, password: server.secret } },
  );
}

/** Sends, and closes whatever was opened. */
async function send(to: string, ...more: [Partial<ChannelSettings>?, ChannelSecrets?]) {
  const one = sns(to, ...more);
  return await one.send(parcel(), signal).finally(() => one.close?.());
}

async function problem(sending: Promise<unknown>): Promise<SendProblem> {
  const thrown = await sending.then(
    () => assert.fail('it was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(thrown instanceof SendProblem, String(thrown));
  return thrown;
}

test('an SMS goes to the number, signed, with its sender id, as one that must not be held back', async () => {
  const { reference } = await send('+49 (151) 234-5678', { from: 'PERCEPT' });
  const given = server.published.at(-1);
  assert.equal(given?.get('Action'), 'Publish');
  assert.equal(given?.get('PhoneNumber'), '+491512345678');
  assert.match(given?.get('Message') ?? '', /^Somebody at the door\nSince noon/);
  assert.deepEqual(attributesOf(given as URLSearchParams), {
    'AWS.SNS.SMS.SMSType': 'Transactional',
    'AWS.SNS.SMS.SenderID': 'PERCEPT',
  });
  assert.equal(reference, `m-${server.published.length}`);
});

test("a topic gets subject, text and attributes that its subscribers' filters can name", async () => {
  const one = sns(arn);
  const given = parcel({ notice: notice(1, { title: 'Two\nlines', again: true }) });
  await one.send(given, signal).finally(() => one.close?.());
  const published = server.published.at(-1);
  assert.deepEqual([published?.get('TopicArn'), published?.get('Subject')], [arn, 'Two lines']);
  assert.match(published?.get('Message') ?? '', /You may have received this before/);
  const { severity, source, again } = attributesOf(published as URLSearchParams);
  assert.deepEqual([severity, source, again], ['warning', 'door', 'true']);
  assert.equal(published?.get('MessageGroupId'), null);
});

test('a topic that keeps an order gets the thread as its group, and knows a repeat', async () => {
  await send(`${arn}.fifo`);
  await send(`${arn}.fifo`);
  const [one, other] = server.published.slice(-2);
  assert.equal(one?.get('MessageDeduplicationId'), other?.get('MessageDeduplicationId'));
  assert.equal(one?.get('MessageGroupId'), other?.get('MessageGroupId'));
});

test('throttled and away: later, after as long as it asks; each attempt is asked once', async () => {
  server.manner = 'throttled';
  const asked = server.asked;
  const busy = await problem(send('+491512345678'));
  assert.deepEqual([busy.failure, busy.after, server.asked - asked], ['later', 7_000, 1]);
  assert.match(busy.message, /429: Rate exceeded/);
  server.manner = 'down';
  assert.equal((await problem(send('+491512345678'))).failure, 'later');
});

test('an unknown number and a topic that is gone are refused, by name', async () => {
  const number = await problem(send('+1'));
  assert.equal(number.failure, 'refused');
  assert.match(number.message, /does not know the recipient \+1: .*not valid to publish to/);
  const topic = await problem(send(arn.replace('alerts', 'gone')));
  assert.equal(topic.failure, 'refused');
  assert.match(topic.message, /recipient arn:aws:sns.*Topic does not exist/);
});

test('a wrong secret is refused, and never shown', async () => {
  const wrong = await problem(send('+491512345678', {}, { user: server.keyId, password: 'hidden-secret' }));
  assert.equal(wrong.failure, 'refused');
  assert.match(wrong.message, /does not accept/);
  assert.doesNotMatch(wrong.message, /hidden-secret/);
});

test('no answer in time may have arrived; nobody there has not', async () => {
  server.manner = 'hang';
  assert.equal((await problem(send('+491512345678', { timeout: 1 }))).failure, 'unanswered');
  const nobody = `http://127.0.0.1:${await freePort()}`;
  assert.equal((await problem(send('+491512345678', { url: nobody }))).failure, 'later');
});

test('an emergency number is refused before anything is asked', async () => {
  const asked = server.asked;
  const refused = await problem(send('112'));
  assert.match(refused.message, /emergency number/);
  assert.equal(server.asked, asked);
});

test('without an access key those of the environment are used', async () => {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: server.keyId, AWS_SECRET_ACCESS_KEY: server.secret });
  try {
    await send('+491512345678', {}, {});
  } finally {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
});
