import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import { Users } from '../../dist/access/users.js';
import { linkKey } from '../../dist/alert/links/key.js';
import { type Claim, policyTag, seal, unseal } from '../../dist/alert/links/token.js';
import type { Alert } from '../../dist/kit/index.js';
import { checkAudit } from '../../dist/store/audit.js';
import { ownerPassword, Visitor } from '../support/doors.ts';
import { evidence, LinkSite, type Links, linkKeyText } from '../support/link-flow.ts';
import { until } from '../support/until.ts';

const page = { accept: 'text/html,application/xhtml+xml' };
const program = { accept: 'application/json' };
const key = linkKey('/nowhere', { PERCEPT_LINK_KEY: linkKeyText });
/** s; long enough for a loaded machine to take an alert in between. */
const escalation = 12;
const steps = [
  { after: 0, channel: 'mail', to: 'anna', chain: '' },
  { after: escalation, channel: 'mail', to: 'ben', chain: '' },
];

let site: LinkSite;
before(async () => {
  site = await LinkSite.start({ steps, live: '/dashboard/live?camera={source}', call: '112' });
});
after(() => site?.stop());

const get = (url: string, headers: Record<string, string> = page) => fetch(url, { headers, redirect: 'manual' });
const post = (url: string, headers: Record<string, string> = program) =>
  fetch(url, { method: 'POST', headers, redirect: 'manual' });
const tokenOf = (url: string) => url.split('/').at(-1) ?? '';
const withToken = (url: string, token: string) => url.slice(0, url.lastIndexOf('/') + 1) + token;
/** The same link with something else in it, sealed as it must be. */
const resealed = (url: string, change: Partial<Claim>) =>
  withToken(url, seal(key, { ...(unseal(key, tokenOf(url)) as Claim), ...change }));
const alertOf = (source: string) =>
  site
    .changes(source)
    .map(({ alert }) => alert as Alert)
    .at(-1);
const stateOf = (source: string) => site.changes(source).at(-1)?.payload;
const taken = (source: string) => site.changes(source).some(({ payload }) => payload === 'acknowledged');

test('a mail leads to the page; to look changes nothing; one tap takes the alert, and nobody else is called', async () => {
  const links = await site.links('door', { reasons: ['Somebody stands at the door'], score: 0.87, threshold: 0.5 });
  for (let i = 0; i < 3; i++) assert.equal((await get(links.acknowledge)).status, 200);
  const text = await (await get(links.acknowledge)).text();
  for (const shown of [
    'Warning: loitering, door',
    'Somebody stands at the door',
    '0.87; tells from 0.5',
    'Told anna over mail',
  ])
    assert.ok(text.includes(shown), shown);
  assert.match(text, /<form method="post" action="[\w-]+"><button>I take it<\/button>/);
  assert.ok(!taken('door'), 'whoever looks takes nothing');
  const answer = await post(links.acknowledge, page);
  assert.equal(answer.status, 303);
  const after = await (await get(new URL(answer.headers.get('location') ?? '', links.acknowledge).href)).text();
  assert.match(after, /You took it/);
  assert.doesNotMatch(after, /<form/);
  await until(() => taken('door'), { what: 'the change' });
  assert.equal(alertOf('door')?.by, 'anna');
  // what was opened later has escalated by now: this one would have before
  await site.links('gate');
  await until(() => alertOf('gate')?.step === 2, {
    ms: 90_000,
    what: 'the escalation of the other one',
  });
  assert.equal(alertOf('door')?.step, 1);
  assert.match(await site.mailTo('anna', 'door', 'Taken by anna: Warning'), /^Open: /m);
});

test('to take it once more is harmless, and the page says who did, and when', async () => {
  const links = await site.links('yard');
  for (let i = 0; i < 3; i++) assert.equal((await post(links.acknowledge)).status, 204);
  await until(() => taken('yard'), { what: 'the change' });
  assert.equal(site.changes('yard').filter(({ payload }) => payload === 'acknowledged').length, 1);
  const text = await (await get(links.open)).text();
  assert.match(text, /You took it, [^<]*\d/);
  assert.match(text, /<span>Taken by anna<\/span>/);
});

test('a link to look takes nothing, and says so on its page', async () => {
  const links = await site.links('cellar');
  assert.match(await (await get(links.open)).text(), /With this link one looks/);
  assert.equal((await post(links.open)).status, 404);
  assert.equal((await post(links.open, page)).status, 404);
  assert.equal((await post(resealed(links.open, { purpose: 'open' }))).status, 404);
  assert.notEqual(stateOf('cellar'), 'acknowledged');
});

test('whatever is wrong with a link, the answer is the same, and tells nothing of the alert', async () => {
  const { open, acknowledge } = await site.links('attic', { reasons: ['private matter'] });
  const now = Date.now();
  const bad = {
    forged: withToken(
      open,
      tokenOf(open).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ),
    invented: withToken(open, 'A'.repeat(48)),
    'of another key': withToken(open, seal(Buffer.alloc(32), unseal(key, tokenOf(open)) as Claim)),
    expired: resealed(open, { until: now - 1_000 }),
    'expired long ago': resealed(acknowledge, { until: 0 }),
    'about an alert that never was': resealed(open, { alert: 999_999 }),
    'about an alert of a store that was begun anew': resealed(open, { opened: now - 9_000_000 }),
    'about a notice that never was': resealed(open, { notice: 999 }),
  };
  const answers = new Set<string>();
  for (const [what, url] of Object.entries(bad)) {
    const answer = await get(url);
    const text = await answer.text();
    assert.equal(answer.status, 404, what);
    assert.doesNotMatch(text, /attic|private matter|anna|house/, what);
    answers.add(text);
    assert.equal((await post(url)).status, 404, what);
    assert.equal((await get(`${url}/evidence/0`)).status, 404, what);
  }
  assert.equal(answers.size, 1);
  assert.ok(!taken('attic'));
  assert.match([...answers][0] ?? '', /This link opens nothing/);
  const korean = await get(bad.forged, { ...page, 'accept-language': 'ko-KR,ko;q=0.9' });
  assert.match(await korean.text(), /열 수 없는 링크입니다/);
});

test('a policy that is not served is a calm page', async () => {
  const { open } = await site.links('shed');
  const answer = await get(resealed(open, { policy: policyTag('deleted') }));
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /Try again in a minute/);
  assert.equal((await post(resealed(open, { policy: policyTag('deleted'), purpose: 'acknowledge' }))).status, 503);
});

test('pictures of the evidence come by the same link, and no others', async () => {
  const keys = [`${evidence.key}.txt`, evidence.key, 'frame/none.png'];
  const { open } = await site.links('window', { evidence: keys });
  assert.match(await (await get(open)).text(), /evidence\/0" alt="Picture 1 of 2"/);
  const seen = await get(`${open}/evidence/0`);
  assert.equal(seen.headers.get('content-type'), 'image/png');
  assert.match(seen.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.deepEqual(Buffer.from(await seen.arrayBuffer()), evidence.bytes);
  await (await get(`${open}/evidence/0`)).arrayBuffer();
  const saw = async () => (await site.audit()).filter(({ action }) => action === 'saw');
  await until(async () => (await saw()).length > 0, { what: 'who saw it' });
  const { id } = await until(() => alertOf('window'), { what: 'the alert' });
  const about = { way: 'link', policy: 'house', alert: id };
  assert.deepEqual(
    (await saw()).map(({ who, what, detail }) => [who, what, JSON.parse(detail)]),
    [['anna', evidence.key, about]],
    'once, however often the page is loaded',
  );
  for (const other of ['1', '2', '99']) assert.equal((await get(`${open}/evidence/${other}`)).status, 404, other);
  for (const other of ['100', '-1', '0/..', 'first.png'])
    assert.ok([302, 401].includes((await get(`${open}/evidence/${other}`)).status), other);
});

test('the page runs no script, is kept by nobody and gives its address to nobody', async () => {
  const { open } = await site.links('roof');
  const { headers } = await get(open);
  assert.match(
    headers.get('content-security-policy') ?? '',
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self' data:; form-action 'self'/,
  );
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('x-robots-tag') ?? '', /noindex/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('set-cookie'), null);
});

test('live view and call are offered, and nothing but a thumb dials', async () => {
  const { open } = await site.links('stairs&hall?x=1');
  const text = await (await get(open)).text();
  assert.ok(text.includes('href="/dashboard/live?camera=stairs%26hall%3Fx%3D1"'));
  assert.match(text, /href="tel:112"/);
  assert.doesNotMatch(text, /<script|<iframe|http-equiv/);
});

test('a link acts for whom it was sent to, whoever is signed in where it is opened, and from any site', async () => {
  const { acknowledge } = await site.links('porch');
  const owner = new Visitor(site.nodeRed.url);
  await owner.signIn('owner', ownerPassword);
  const headers = { cookie: owner.cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', ...program };
  // with the owner's cookie, another site gets no further than without it
  assert.equal((await post(withToken(acknowledge, 'A'.repeat(48)), headers)).status, 404);
  assert.equal((await post(`${acknowledge}/evidence/0`, headers)).status, 403);
  assert.equal((await post(acknowledge, headers)).status, 204);
  await until(() => taken('porch'), { what: 'the change' });
  assert.equal(alertOf('porch')?.by, 'anna');
});

test('who opened a page and who took an alert stands in the audit log, unbroken and without the link', async () => {
  const links = await site.links('lane');
  const { id } = await until(() => alertOf('lane'), { what: 'the alert' });
  for (let i = 0; i < 3; i++) await get(links.acknowledge);
  await post(links.acknowledge);
  const rows = async () => (await site.audit()).filter(({ what }) => what === 'loitering/lane/');
  await until(async () => (await rows()).some(({ action }) => action === 'acknowledged'), { what: 'the row' });
  assert.deepEqual(
    (await rows()).map(({ who, action }) => [who, action]),
    [
      ['anna', 'opened'],
      ['anna', 'acknowledged'],
    ],
  );
  const [row] = await rows();
  assert.deepEqual(JSON.parse(row?.detail ?? ''), {
    policy: 'house',
    way: 'link',
    alert: id,
    channel: 'mail',
    address: '127.0.0.1',
  });
  assert.equal((await checkAudit(site.store.db)).broken, undefined);
  for (const secret of Object.values(links).map(tokenOf)) {
    assert.ok(!JSON.stringify(await site.audit()).includes(secret));
    assert.ok(!site.nodeRed.log.includes(secret));
  }
});

test('what is over can be looked at, and there is nothing left to take', async () => {
  const since = Date.now();
  const links: Links = await site.links('barn', { since });
  site.nodeRed.inject('fa1e000000000001', { topic: 'x', resolve: { key: 'loitering/barn/', by: 'ben' } });
  await until(() => stateOf('barn') === 'resolved', { what: 'the end' });
  const text = await (await get(links.acknowledge)).text();
  assert.match(text, /It is over/);
  assert.doesNotMatch(text, /<form/);
  assert.equal((await post(links.acknowledge)).status, 204);
  assert.equal(stateOf('barn'), 'resolved');
});

test('who tries links that open nothing is slowed down; good ones still work', async () => {
  const { open, acknowledge } = await site.links('fence');
  let last: Response | undefined;
  for (let i = 0; i < 60 && last?.status !== 429; i++) last = await get(withToken(open, `${i}`.padStart(48, 'A')));
  assert.equal(last?.status, 429);
  assert.match((await last?.text()) ?? '', /Wait 15 min/);
  assert.ok(Number(last?.headers.get('retry-after')) > 0);
  assert.equal((await get(open)).status, 200);
  assert.equal((await post(acknowledge)).status, 204);
});

test('a link is good after kill -9 and a restart, and its alert is taken', async () => {
  const { acknowledge } = await site.links('tower');
  await site.nodeRed.kill();
  await site.nodeRed.again();
  assert.equal((await get(acknowledge)).status, 200);
  assert.equal((await post(acknowledge)).status, 204);
  await until(() => taken('tower'), { what: 'the change' });
});

test('the links of somebody who is removed end at once', async () => {
  const { open, acknowledge } = await site.links('cliff');
  const database = openDatabase(join(site.nodeRed.userDir, 'access.sqlite'));
  const users = new Users(database);
  await users.add('anna', 'operator', ownerPassword);
  assert.equal((await get(open)).status, 200, 'whoever never left keeps their links');
  users.remove('anna');
  database.close();
  const answer = await get(open);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /has no access here any more/);
  assert.equal((await post(acknowledge)).status, 403);
  assert.equal(taken('cliff'), false);
});
