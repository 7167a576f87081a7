import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { SendProblem } from '../../dist/alert/channels/channel.js';
import type { ChannelOptions, ChannelSettings } from '../../dist/alert/channels/settings.js';
import { channel, notice, parcel } from '../support/provider-notice.ts';
import { MailServer } from '../support/smtp.ts';

let server: MailServer;
before(async () => {
  server = await MailServer.start();
});
after(() => server.stop());

const signal = AbortSignal.timeout(600_000);
const mail = (settings: Partial<ChannelSettings> = {}, options: Partial<ChannelOptions> = {}) =>
  channel(
    { kind: 'email', port: server.port, from: 'Percept <percept@example.org>', to: 'anna@example.org', ...settings },
    { secrets: { user: 'percept', password: server.password }, tls: { ca: server.ca }, ...options },
  );

async function fails(one: ReturnType<typeof mail>, code: string, failure: string): Promise<void> {
  try {
    await assert.rejects(one.send(parcel(), signal), (thrown) => {
      const { problem, failure: how, message } = thrown as SendProblem;
      assert.deepEqual([problem.code, how], [code, failure], message);
      assert.doesNotMatch(message, /wrong-password/);
      return true;
    });
  } finally {
    await one.close?.();
  }
}

test('a mail arrives over STARTTLS as text and as HTML with the picture in it; what follows is in its thread', async () => {
  const one = mail();
  const picture = async () => ({ name: 'door.jpg', type: 'image/jpeg', bytes: Buffer.from('not quite a picture') });
  const { reference } = await one.send(
    parcel({ notice: notice(1, { title: 'Jemand <an> der Tür' }), picture }),
    signal,
  );
  const [first = ''] = server.mails;
  assert.match(first, /Content-Type: text\/plain/);
  assert.match(first, /Content-Type: text\/html/);
  assert.match(first, /Content-I[dD]: <picture>/);
  assert.ok(first.includes(`Message-ID: ${reference}`));
  const again = await one.send(parcel({ notice: notice(1, { again: true }) }), signal);
  assert.equal(again.reference, reference, 'mail programs know a repeat by its id');
  assert.match(server.mails[1] ?? '', /You may have received this before/);
  const next = parcel({ key: 'other', notice: notice(2, { occasion: 'resolved' }), earlier: [reference ?? ''] });
  assert.notEqual((await one.send(next, signal)).reference, reference);
  assert.ok(server.mails[2]?.includes(`References: ${reference}`));
  await one.close?.();
});

test('a mail is signed by DKIM with a key as a single-line field leaves it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const secrets = { user: 'percept', password: server.password, dkimKey: privateKey.replaceAll('\n', '') };
  const one = mail({ dkimDomain: 'example.org', dkimSelector: 'home' }, { secrets });
  await one.send(parcel(), signal);
  await one.close?.();
  assert.match(server.mails.at(-1) ?? '', /^DKIM-Signature: .*d=example\.org;[\s\S]*? s=home;/m);
});

test('a wrong password is told as such, and not tried for ever', async () => {
  await fails(mail({}, { secrets: { user: 'percept', password: 'wrong-password' } }), 'notify-password', 'refused');
});

test('an unknown recipient is told by address', async () => {
  await fails(mail({ to: 'nobody@example.org' }), 'notify-recipient', 'refused');
});

test('a server that is busy for now is asked again', async () => {
  server.busy = 1;
  await fails(mail(), 'notify-busy', 'later');
  server.busy = 0;
});

test('nothing is sent to a server whose certificate nobody vouches for, or that offers no encryption', async () => {
  const count = server.mails.length;
  await fails(mail({}, { tls: {} }), 'notify-encryption', 'refused');
  assert.equal(server.mails.length, count);
  const open = await MailServer.start({ withTls: false });
  await fails(mail({ port: open.port }), 'notify-encryption', 'refused');
  assert.equal(open.mails.length, 0);
  await open.stop();
});

test('where no server listens, nothing has arrived', async () => {
  await fails(mail({ port: 1 }), 'notify-unreachable', 'later');
});
