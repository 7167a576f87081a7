import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import express from 'express';
import { readIncident } from '../../dist/alert/links/incident.js';
import { type LinkPlace, serveLinks } from '../../dist/alert/links/serve.js';
import { type Claim, type Purpose, policyTag, seal } from '../../dist/alert/links/token.js';
import type { AlertNotice, Finding } from '../../dist/kit/index.js';
import { DeskTrial, words } from '../support/alert-desk.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

const key = randomBytes(32);
const hour = 3_600_000;
const places: LinkPlace[] = [];
const problems: unknown[] = [];
const since = new Map<string, number>();
let server: Server;
let url: string;

before(async () => {
  const app = express();
  const site = {
    ...{ key: () => key, onProblem: (thrown: unknown) => problems.push(thrown) },
    knownSince: async (name: string) => since.get(name) ?? 0,
    places: (policy: string) => places.filter(({ name }) => policyTag(name) === policy),
  };
  app.all('/alert/:token', serveLinks(site));
  app.all('/alert/:token/evidence/:picture', serveLinks(site));
  app.all('/hasty/:token', serveLinks({ ...site, patienceMs: 2_000 }));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alert/`;
});
after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const program = { accept: 'application/json' };
const page = { accept: 'text/html', 'accept-language': 'en' };
const settings = { steps: [{ after: 0, channel: 'push', to: 'anna', chain: '' }], resolveAfter: 0 };

function finding(source: string, more: Partial<Finding> = {}): Finding {
  return {
    ...{ kind: 'loitering', source, quantity: '', score: 1, threshold: 0, severity: 'warning', since: Date.now() },
    ...{ reasons: ['because'], evidence: [], ...more },
  };
}

function claimOf(notice: AlertNotice, purpose: Purpose = 'acknowledge'): Claim {
  const { id: alert, opened, policy } = notice;
  const about = { alert, opened: Math.floor(opened / 1_000) * 1_000, policy: policyTag(policy) };
  return { ...about, purpose, notice: Number(notice.notice.split('.')[1]), until: Date.now() + hour };
}

function linkOf(notice: AlertNotice, purpose?: Purpose): string {
  return url + seal(key, claimOf(notice, purpose));
}

forBothStores((lab) => {
  let trial: DeskTrial;
  let place: LinkPlace;
  const name = `house on ${lab.kind}`;
  before(async () => {
    const store = await lab.open();
    trial = new DeskTrial(store, { settings, name, answers: true });
    place = {
      ...{ store, name, words, policy: trial.policy, ways: {}, onProblem: (thrown) => problems.push(thrown) },
      acknowledge: async (id, by) => (await trial.desk.put({ type: 'acknowledge', which: { id }, by })).alert?.by,
    };
    places.push(place);
  });
  after(() => trial.stop());

  async function told(source: string, more: Partial<Finding> = {}): Promise<AlertNotice> {
    await trial.find(finding(source, more));
    return await until(() => trial.notices.find((one) => one.source === source), { what: 'the notice' });
  }

  async function textOf(notice: AlertNotice, purpose?: Purpose): Promise<string> {
    return await (await fetch(linkOf(notice, purpose), { headers: page })).text();
  }

  test('who comes second is told who was first, and changes nothing', async () => {
    const notice = await told('second');
    await trial.desk.put({ type: 'acknowledge', which: { id: notice.id }, by: 'ben' });
    assert.equal((await fetch(linkOf(notice), { method: 'POST', headers: program })).status, 204);
    assert.match(await textOf(notice), /Taken by ben, /);
    const rows = await place.store.db
      .selectFrom('audit')
      .select('who')
      .where('action', '=', 'acknowledged')
      .where('what', '=', notice.key)
      .execute();
    assert.deepEqual(rows, []);
  });

  test('a link of somebody who was removed shows and takes nothing, and says why; one of later works', async (t) => {
    t.after(() => since.delete('anna'));
    const notice = await told('left', { evidence: ['frame/left.png'] });
    const [link, looking] = [linkOf(notice), linkOf(notice, 'open')];
    const tries = () =>
      Promise.all([
        fetch(link, { headers: page }),
        fetch(link, { method: 'POST', headers: program }),
        fetch(`${looking}/evidence/0`),
      ]);
    since.set('anna', Number.POSITIVE_INFINITY);
    const refused = await tries();
    assert.deepEqual(
      refused.map(({ status }) => status),
      [403, 403, 403],
    );
    const text = (await refused[0]?.text()) ?? '';
    assert.match(text, /has no access here any more/);
    assert.doesNotMatch(text, /left|loitering|because/);
    assert.match(await (await fetch(link, { headers: { ...page, 'accept-language': 'ko' } })).text(), /더 이상/);
    const rows = async () => {
      const all = await place.store.db
        .selectFrom('audit')
        .select(['who', 'action'])
        .where('what', '=', notice.key)
        .execute();
      return all.map(({ who, action }) => `${who} ${action}`);
    };
    assert.deepEqual(await until(async () => (await rows()).length > 1 && (await rows())), [
      'anna denied',
      'anna denied',
    ]);
    // the name came back after this was told
    since.set('anna', Date.now() + 60_000);
    assert.deepEqual(
      (await tries()).map(({ status }) => status),
      [403, 403, 403],
    );
    since.set('anna', 1);
    assert.deepEqual(
      (await tries()).map(({ status }) => status),
      [200, 204, 404],
    );
  });

  test('what people and sensors wrote is text on the page, never markup', async () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const notice = await told(evil, { reasons: [evil], kind: evil, evidence: [`${evil}.png`] });
    for (const purpose of ['open', 'acknowledge'] as const) {
      const text = await textOf(notice, purpose);
      assert.doesNotMatch(text, /<img src=x|onerror=alert\(1\)>/);
      assert.match(text, /&#60;img src=x onerror=alert\(1\)&#62;/);
    }
  });

  test('a link ends 12 h after its alert, however long it was made for', async () => {
    const notice = await told('over');
    await trial.desk.put({ type: 'resolve', which: { id: notice.id }, by: 'ben' });
    const now = Date.now();
    const claim = { ...claimOf(notice), until: now + 1_000 * hour };
    assert.ok(await readIncident(place, claim, now + 11 * hour));
    assert.equal(await readIncident(place, claim, now + 13 * hour), undefined);
  });

  test('a link is for its own alert alone: not for one of another policy or of a store that was begun anew', async () => {
    const notice = await told('own');
    const claim = claimOf(notice);
    const now = Date.now();
    assert.ok(await readIncident(place, claim, now));
    assert.equal(await readIncident({ ...place, name: 'another' }, claim, now), undefined);
    for (const change of [{ opened: claim.opened + 1_000 }, { alert: 999_999 }, { notice: 999 }])
      assert.equal(await readIncident(place, { ...claim, ...change }, now), undefined);
  });

  test('a long history is cut, and says by how much', async () => {
    const notice = await told('long');
    await until(
      async () => {
        const steps = place.store.db.selectFrom('alert_step').select('kind').where('alert_id', '=', notice.id);
        return (await steps.execute()).some(({ kind }) => kind === 'delivered');
      },
      { what: 'the receipt' },
    );
    const many = Array.from({ length: 400 }, (_, n) => n + 1_001);
    await place.store.db
      .insertInto('alert_step')
      .values(
        many.map((number) => ({ alert_id: notice.id, number, time: number, kind: 'repeated', by: '', detail: '{}' })),
      )
      .execute();
    const text = await textOf(notice);
    assert.equal(text.match(/<li><time/g)?.length, 300);
    assert.match(text, /1100 earlier steps/);
  });

  test('a tap that the store does not answer in time is told as such; the next one takes it', async () => {
    const notice = await told('slow');
    const slow: LinkPlace = { ...place, acknowledge: () => new Promise(() => undefined) };
    places.splice(places.indexOf(place), 1, slow);
    const from = problems.length;
    const hasty = linkOf(notice).replace('/alert/', '/hasty/');
    assert.equal((await fetch(hasty, { method: 'POST', headers: program })).status, 503);
    const answer = await fetch(hasty, { method: 'POST', headers: page, redirect: 'manual' });
    assert.match(await answer.text(), /Perhaps not taken/);
    assert.match(String(problems[from]), /no answer within 2 s/);
    places.splice(places.indexOf(slow), 1, place);
    assert.equal((await fetch(linkOf(notice), { method: 'POST', headers: program })).status, 204);
    assert.match(await textOf(notice), /You took it/);
  });

  test('other methods are refused', async () => {
    const notice = await told('methods');
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await fetch(linkOf(notice), { method });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, POST']);
    }
    const head = await fetch(linkOf(notice), { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });
});
