import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { SendProblem } from '../../dist/alert/channels/channel.js';
import { isPush, type PushChannel } from '../../dist/alert/channels/push.js';
import { devicesOf, keepDevice, removePerson } from '../../dist/alert/channels/push-devices.js';
import { pushKeys } from '../../dist/alert/channels/push-keys.js';
import type { AlertNotice } from '../../dist/kit/index.js';
import type { Store } from '../../dist/store/store.js';
import { channel, notice, parcel } from '../support/provider-notice.ts';
import { PushService } from '../support/push-service.ts';
import { forBothStores } from '../support/stores.ts';

const signal = AbortSignal.timeout(600_000);
const folder = mkdtempSync(join(tmpdir(), 'percept-push-'));
let service: PushService;
before(async () => {
  service = await PushService.start();
});
after(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function open(store: Store): PushChannel {
  const made = channel({ kind: 'push', url: service.url, from: 'crew@plant.example' }, { store, folder });
  assert.ok(isPush(made));
  return made;
}

async function register(push: PushChannel, name: string, person: string, changes: object = {}): Promise<string> {
  const { endpoint, keys } = service.device(name);
  const { publicKey: serverKey } = await push.keys();
  await keepDevice(push.store, { endpoint, ...keys, serverKey, person, label: name, ...changes });
  return endpoint;
}

async function refusal(push: PushChannel, changes: Partial<AlertNotice> = {}): Promise<SendProblem> {
  return await push.send(parcel({ notice: notice(1, changes) }), signal).then(
    () => assert.fail('it was taken'),
    (thrown: SendProblem) => thrown,
  );
}

forBothStores((lab) => {
  test('a notice reaches every device of its person, encrypted for it and signed by us', async () => {
    const push = open(await lab.open());
    await register(push, 'annas-phone', 'Anna');
    await register(push, 'annas-laptop', 'anna');
    await register(push, 'bens-phone', 'ben');
    const links = { open: 'https://plant.example/i/1', acknowledge: 'https://plant.example/a/1' };
    await push.send(parcel({ notice: notice(1, { severity: 'critical', links }) }), signal);
    for (const name of ['annas-phone', 'annas-laptop']) {
      const { payload, headers, claims, serverKey } = await service.last(name);
      const { title, text, alert, severity, open: isOpen, quiet } = payload;
      assert.deepEqual([title, text, alert], ['Somebody at the door', 'Since noon', 17]);
      assert.deepEqual([severity, isOpen, quiet, payload['links']], ['critical', true, false, links]);
      assert.deepEqual(
        [headers['urgency'], headers['ttl'], claims.sub],
        ['high', '86400', 'mailto:crew@plant.example'],
      );
      assert.match(String(headers['topic']), /^[\w-]{32}$/);
      assert.equal(payload['tag'], headers['topic']);
      assert.equal(serverKey, (await push.keys()).publicKey);
    }
    assert.equal(service.pushed.has('bens-phone'), false);
    assert.deepEqual(service.improper, []);
  });

  test('what follows takes the place of what is shown, quietly; a notice to nobody in particular goes to all', async () => {
    const push = open(await lab.open());
    await register(push, 'one', 'anna');
    await register(push, 'two', 'ben');
    await push.send(parcel({ notice: notice(1, { to: '' }) }), signal);
    const first = await service.last('one');
    await push.send(
      parcel({ notice: notice(2, { to: '', occasion: 'acknowledged', state: 'acknowledged', quiet: true }) }),
      signal,
    );
    const second = await service.last('one', 2);
    assert.equal(second.headers['topic'], first.headers['topic']);
    assert.deepEqual(
      [second.payload['open'], second.payload['quiet'], second.headers['urgency']],
      [false, true, 'low'],
    );
    await service.last('two', 2);
  });

  test('a device that is gone is removed, and the next one takes it; without any, that is told', async () => {
    const store = await lab.open();
    const push = open(store);
    await register(push, 'old', 'anna');
    await register(push, 'older', 'anna');
    await register(push, 'new', 'anna');
    service.answers.set('old', [{ status: 410 }]);
    service.answers.set('older', [{ status: 404 }]);
    await push.send(parcel(), signal);
    assert.deepEqual(
      (await devicesOf(store, 'anna')).map(({ endpoint }) => endpoint.split('/').at(-1)),
      ['new'],
    );
    service.answers.set('new', [{ status: 410 }]);
    const gone = await refusal(push);
    assert.deepEqual([gone.problem.code, gone.failure], ['push-gone', 'refused']);
    const nobody = await refusal(push);
    assert.deepEqual([nobody.problem.code, nobody.failure], ['push-nobody', 'refused']);
    assert.match(nobody.message, /"anna"/);
  });

  test('a push service that is busy says when to come again; one that takes it is enough', async () => {
    const store = await lab.open();
    const push = open(store);
    await register(push, 'busy', 'anna');
    service.answers.set('busy', [
      { status: 429, headers: { 'Retry-After': '7' } },
      { status: 500 },
      { status: 429 },
      { status: 403 },
    ]);
    const limited = await refusal(push);
    assert.deepEqual([limited.problem.code, limited.failure, limited.after], ['notify-busy', 'later', 7_000]);
    assert.equal((await refusal(push)).failure, 'later');
    await register(push, 'free', 'anna');
    await push.send(parcel(), signal);
    await removePerson(store, 'anna');
    await register(push, 'busy', 'anna');
    const refused = await refusal(push);
    assert.deepEqual([refused.problem.code, refused.failure], ['push-not-accepted', 'refused']);
    const { error, failed_at } = await store.db.selectFrom('push_subscription').selectAll().executeTakeFirstOrThrow();
    assert.ok(error.includes('signature') && failed_at !== null, error);
    assert.ok(!error.includes('/push/busy'), 'the address is a secret');
  });

  test('a device that was registered with another key is left alone, and that is told', async () => {
    const push = open(await lab.open());
    await register(push, 'foreign', 'anna', { serverKey: 'B'.repeat(87) });
    assert.equal((await refusal(push)).problem.code, 'push-other-key');
    assert.equal(service.pushed.has('foreign'), false);
  });

  test('only push services that browsers use are ever asked, or one of your own', async () => {
    const push = open(await lab.open());
    push.check('https://fcm.googleapis.com/fcm/send/abc');
    push.check('https://updates.push.services.mozilla.com/wpush/v2/abc');
    push.check('https://web.push.apple.com/abc');
    push.check(`${service.url}/push/one`);
    for (const endpoint of [
      ...[
        'https://evil.example/',
        'http://fcm.googleapis.com/',
        'https://fcm.googleapis.com.evil.example/',
        'nonsense',
      ],
      ...['https://fcm.googleapis.com:8443/', 'http://127.0.0.1:1/', 'https://x@evil.example/fcm.googleapis.com'],
    ])
      assert.throws(() => push.check(endpoint), { code: 'push-service' }, endpoint);
  });

  test('keys that no browser made are the fault of their device alone', async () => {
    const push = open(await lab.open());
    await register(push, 'broken', 'anna', { p256dh: 'AAAA' });
    assert.equal((await refusal(push)).failure, 'refused');
    await register(push, 'whole', 'anna');
    await push.send(parcel(), signal);
    await service.last('whole');
  });

  test('an open page of the person is enough; and where it is not, the devices decide', async () => {
    const push = open(await lab.open());
    let shows = true;
    const end = push.alsoOn(async () => shows);
    await push.send(parcel(), signal);
    shows = false;
    assert.equal((await refusal(push)).problem.code, 'push-nobody');
    shows = true;
    end();
    assert.equal((await refusal(push)).problem.code, 'push-nobody');
  });

  test('somebody who was removed gets nothing on any device, nor does whoever has the name next, until they turn it on', async () => {
    const store = await lab.open();
    const since = new Map<string, number>();
    const made = channel(
      { kind: 'push', url: service.url },
      { store, folder, knownSince: async (name) => since.get(name) ?? 0 },
    );
    assert.ok(isPush(made));
    await register(made, 'gones-phone', 'Gone');
    await register(made, 'stays-phone', 'stays');
    const pushed = () => service.pushed.get('gones-phone')?.length ?? 0;
    const before = pushed();
    await made.send(parcel({ notice: notice(1, { to: 'gone' }) }), signal);
    assert.equal(pushed(), before + 1);
    since.set('gone', Number.POSITIVE_INFINITY);
    assert.equal((await refusal(made, { to: 'gone' })).problem.code, 'push-nobody');
    assert.deepEqual(await devicesOf(store, 'gone'), []);
    await made.send(parcel({ notice: notice(2, { to: '' }) }), signal);
    assert.equal(pushed(), before + 1, 'nor what is for everybody');
    assert.ok(service.pushed.get('stays-phone')?.length);
    await register(made, 'gones-phone', 'gone');
    since.set('gone', Date.now() + 60_000);
    assert.deepEqual([await made.tidy(), await made.tidy()], [1, 0], 'of a name that came back after it');
    since.set('gone', Date.now() - 60_000);
    await register(made, 'gones-phone', 'gone');
    await made.send(parcel({ notice: notice(3, { to: 'gone' }) }), signal);
    assert.equal(pushed(), before + 2);
    await removePerson(store, 'gone');
    await removePerson(store, 'stays');
  });

  test('of twenty-one devices of one person the one that was not seen for longest goes', async () => {
    const store = await lab.open();
    const push = open(store);
    const { publicKey: serverKey } = await push.keys();
    for (let i = 0; i <= 20; i++) {
      const { endpoint, keys } = service.device(`many-${i}`);
      await keepDevice(store, { endpoint, ...keys, serverKey, person: 'anna', label: '' }, 1_000 + ((i + 5) % 21));
    }
    const left = (await devicesOf(store, 'anna')).map(({ endpoint }) => endpoint.split('/').at(-1));
    assert.deepEqual([left.length, left.includes('many-16')], [20, false]);
  });
});

describe('push', () => {
  test('the longest notice fits into one push, in any script', async () => {
    const { payloadOf } = await import('../../dist/alert/channels/push-payload.js');
    const links = {
      open: `https://plant.example/${'o'.repeat(400)}`,
      acknowledge: `https://plant.example/${'a'.repeat(400)}`,
    };
    for (const sign of ['a', '가', '😀', '"', '\u0001']) {
      const long = { title: sign.repeat(3_000), text: sign.repeat(30_000), links };
      const payload = payloadOf(notice(1, long), 'thread');
      assert.ok(Buffer.byteLength(payload) <= 3_993, `${sign}: ${Buffer.byteLength(payload)}`);
      assert.ok((JSON.parse(payload) as { title: string }).title.length > 10);
    }
  });

  test('the key is made once, for its owner alone, also by many at a time; the environment goes before it', async () => {
    const place = join(folder, 'keys');
    const all = await Promise.all(Array.from({ length: 8 }, () => pushKeys(place, '', {})));
    assert.equal(new Set(all.map(({ privateKey }) => privateKey)).size, 1);
    assert.equal(statSync(join(place, 'percept/push-key')).mode & 0o777, 0o600);
    assert.equal(Buffer.from(all[0]?.publicKey ?? '', 'base64url').length, 65);
    const other = await pushKeys(join(folder, 'other'), '', {});
    const env = { PERCEPT_VAPID_PRIVATE_KEY: other.privateKey, PERCEPT_VAPID_SUBJECT: 'https://plant.example' };
    assert.deepEqual(await pushKeys(place, 'x@y.example', env), { ...other, subject: 'https://plant.example' });
    await assert.rejects(
      pushKeys(place, '', { ...env, PERCEPT_VAPID_PUBLIC_KEY: all[0]?.publicKey }),
      (thrown: Error) => /another private key/.test(thrown.message) && !thrown.message.includes(other.privateKey),
    );
  });

  test('a key that is broken is told with its place, and is not replaced', async () => {
    const place = join(folder, 'broken');
    mkdirSync(join(place, 'percept'), { recursive: true });
    writeFileSync(join(place, 'percept/push-key'), 'half');
    await assert.rejects(pushKeys(place, '', {}), /percept\/push-key.*3 bytes, not 32/);
    assert.equal(readFileSync(join(place, 'percept/push-key'), 'utf8'), 'half');
  });
});
