import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { linkKey } from '../../dist/alert/links/key.js';
import { linking } from '../../dist/alert/links/linking.js';
import { type Claim, policyTag, purposes, seal, unseal } from '../../dist/alert/links/token.js';
import { linkRoot, publicAddress, withLinks, withoutLinks } from '../../dist/alert/links/writer.js';
import type { PerceptError } from '../../dist/kit/index.js';
import { notice } from '../support/provider-notice.ts';

const key = randomBytes(32);
const second = 1_000;
const claim: Claim = {
  ...{ purpose: 'open', policy: policyTag('house'), alert: 17, notice: 3 },
  ...{ opened: Date.UTC(2026, 0, 5, 12), until: Date.UTC(2026, 0, 6, 12) },
};

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'percept-links-'));
});
after(() => rmSync(folder, { recursive: true }));

test('a sealed claim comes back as it was, of each purpose and size', () => {
  for (const purpose of purposes)
    for (const alert of [0, 1, 127, 128, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const token = seal(key, { ...claim, purpose, alert });
      assert.match(token, /^[\w-]{40,60}$/);
      assert.deepEqual(unseal(key, token), { ...claim, purpose, alert });
    }
});

test('what was changed anywhere is none of ours', () => {
  const token = seal(key, claim);
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'A' ? 'B' : 'A';
    const forged = token.slice(0, at) + other + token.slice(at + 1);
    assert.equal(unseal(key, forged), undefined, `at ${at}`);
  }
});

test('what was cut off, lengthened or written otherwise is none of ours', () => {
  const token = seal(key, claim);
  for (let length = 0; length < token.length; length++) assert.equal(unseal(key, token.slice(0, length)), undefined);
  for (const other of [`${token}A`, `${token}=`, `${token}\n`, ` ${token}`, token + token, token.replaceAll('-', '+')])
    if (other !== token) assert.equal(unseal(key, other), undefined, other);
  for (const other of ['', 'A'.repeat(46), '_'.repeat(120), '한'.repeat(46), '\0'.repeat(46)])
    assert.equal(unseal(key, other), undefined);
});

test('another key opens nothing', () => {
  assert.equal(unseal(randomBytes(32), seal(key, claim)), undefined);
});

test('each link is of one purpose: the one to look is not the one to take', () => {
  const writer = { address: 'https://plant.example/percept/alert/', key, hours: 2 };
  const now = Date.UTC(2026, 0, 5, 13);
  const { links } = withLinks(notice(3, { to: 'anna' }), writer, now);
  const read = (url = '') => unseal(key, url.replace(writer.address, ''));
  const about = { ...claim, until: now + 2 * 3_600 * second };
  assert.deepEqual(read(links?.open), { ...about, purpose: 'open' });
  assert.deepEqual(read(links?.acknowledge), { ...about, purpose: 'acknowledge' });
});

test('a link tells nobody whom it is for or what it is about, and fits into an SMS', () => {
  const writer = { address: 'https://plant.example/percept/alert/', key, hours: 24 };
  const { links } = withLinks(notice(3, { to: 'anna', policy: 'house of anna' }), writer);
  for (const url of Object.values(links ?? {})) {
    assert.doesNotMatch(Buffer.from(url.split('/').at(-1) ?? '', 'base64url').toString('latin1'), /anna|house|door/);
    assert.ok(url.length < 100, url);
  }
});

test('a notice that is none of an alert node stays as it is, and one that has links gets those of now', () => {
  const writer = { address: 'https://plant.example/percept/alert/', key, hours: 24 };
  assert.equal(withLinks(notice(3, { notice: 'test.1' }), writer).links, undefined);
  assert.equal(withLinks(notice(3, { id: 99 }), writer).links, undefined);
  const links = { open: 'https://a.example/1', acknowledge: 'https://a.example/2' };
  const now = Date.now();
  assert.deepEqual(withLinks(notice(3, { links }), writer, now), withLinks(notice(3), writer, now));
  assert.deepEqual(withoutLinks(notice(3, { links })), notice(3));
});

test('the public address is the setting, else of the environment, else there are no links', () => {
  const env = { PERCEPT_PUBLIC_URL: 'https://env.example/base/' };
  assert.equal(publicAddress('https://plant.example/', env), 'https://plant.example');
  assert.equal(publicAddress('', env), 'https://env.example/base');
  assert.equal(publicAddress('', {}), undefined);
  assert.equal(publicAddress('https://user:word@plant.example:8443/?a=1#b', {}), 'https://plant.example:8443');
  for (const bad of ['plant.example', 'ftp://plant.example', 'javascript:alert(1)', '//plant.example'])
    assert.throws(
      () => publicAddress(bad, {}),
      (thrown) => (thrown as PerceptError).code === 'links-address',
      bad,
    );
  assert.deepEqual(['/', '/base', 'base/', false as const, undefined].map(linkRoot), [
    ...['/percept/alert/', '/base/percept/alert/', '/base/percept/alert/', '/percept/alert/', '/percept/alert/'],
  ]);
});

test('the key is made once, for its owner alone, and is the same for whoever asks next', () => {
  const first = linkKey(folder, {});
  assert.equal(first.length, 32);
  assert.equal(statSync(join(folder, 'percept-link-key')).mode & 0o777, 0o600);
  assert.deepEqual(linkKey(folder, {}), first);
  assert.notDeepEqual(Buffer.from(readFileSync(join(folder, 'percept-link-key'), 'utf8').trim(), 'base64url'), first);
});

test('a key file that a crash left empty is made anew', () => {
  const half = mkdtempSync(join(folder, 'half-'));
  writeFileSync(join(half, 'percept-link-key'), '');
  assert.equal(linkKey(half, {}).length, 32);
  assert.ok(readFileSync(join(half, 'percept-link-key'), 'utf8').length > 40);
});

test('processes that are given one key share their links', () => {
  const env = { PERCEPT_LINK_KEY: 'a key for all of them' };
  assert.deepEqual(linkKey(folder, env), linkKey('/nowhere', env));
  assert.notDeepEqual(linkKey(folder, env), linkKey(folder, {}));
});

test('a key that is too short or cannot be kept is told with what to do', () => {
  const isKeyError = (thrown: unknown) => (thrown as PerceptError).code === 'links-key';
  assert.throws(() => linkKey(folder, { PERCEPT_LINK_KEY: 'short' }), isKeyError);
  assert.throws(() => linkKey(folder, { PERCEPT_LINK_KEY: '' }), isKeyError);
  assert.throws(() => linkKey(join(folder, 'none'), {}), isKeyError);
  assert.throws(
    () => linkKey(folder, { PERCEPT_LINK_KEY: 'hunter2' }),
    (thrown) => !(thrown as Error).message.includes('hunter2'),
  );
});

test('where no link can be made, notices go without one, and it is told once', () => {
  const told: string[] = [];
  const fail = (thrown: unknown) => told.push((thrown as PerceptError).code);
  const runtime = (userDir: string) => ({ settings: { userDir, httpNodeRoot: '/base' } });
  const linkedBy = (publicUrl: string, userDir: string) =>
    [1, 2].map((number) => linking({ publicUrl, linkHours: 1 }, runtime(userDir), fail).sent(notice(number)).links);
  const address = 'https://plant.example';
  assert.match(linkedBy(address, folder)[0]?.open ?? '', /^https:\/\/plant\.example\/base\/percept\/alert\/[\w-]+$/);
  assert.deepEqual(told, []);
  const one = linking({ publicUrl: address, linkHours: 1 }, runtime(join(folder, 'none')), fail);
  assert.deepEqual([one.sent(notice(1)), one.kept(notice(2))], [notice(1), notice(2)]);
  assert.deepEqual(told, ['links-key']);
  const other = linking({ publicUrl: 'plant', linkHours: 1 }, runtime(folder), fail);
  assert.deepEqual([other.sent(notice(1)), told.at(-1), told.length], [notice(1), 'links-address', 2]);
});
