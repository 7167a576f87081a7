import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../dist/access/database.js';
import { Users } from '../../dist/access/users.js';
import { openStore, type StoreHandle } from '../../dist/store/open.js';
import { percept } from '../support/cli.ts';
import { type PhoneLab, startPhone } from '../support/phone-flow.ts';
import { PushService } from '../support/push-service.ts';
import { until } from '../support/until.ts';

const root = '/percept/phone';
const people = ['anna', 'ben'];

describe('when somebody leaves', { concurrency: false }, () => {
  let lab: PhoneLab;
  let service: PushService;
  let store: StoreHandle;
  before(async () => {
    service = await PushService.start();
    const steps = people.map((to) => ({ after: 0, channel: 'push', to, chain: '' }));
    lab = await startPhone(service.url, { steps, ends: 'person', retry: '3600' });
    store = await openStore({ url: join(lab.nodeRed.userDir, 'percept/percept.sqlite'), patient: true });
    for (const person of people) {
      const visitor = await lab.visitor(person);
      const [, serverKey] = /"serverKey":"([\w-]{87})"/.exec(await (await visitor.ask(root)).text()) ?? [];
      const body = JSON.stringify({ ...service.device(`${person}s-phone`), serverKey, device: 'Linux' });
      const headers = { 'content-type': 'application/json' };
      assert.equal((await visitor.ask(`${root}/device`, { method: 'PUT', headers, body })).status, 204);
    }
  });
  after(async () => {
    await store?.close();
    await lab?.nodeRed.stop();
    await service?.stop();
  });

  const devices = async (): Promise<string[]> => {
    const rows = await store.db.selectFrom('push_subscription').select('person').orderBy('person').execute();
    return rows.map(({ person }) => person);
  };
  const failures = () => lab.nodeRed.messages('errors').map(({ error }) => JSON.stringify(error));

  test('percept users remove takes session and devices; what is for them reaches nobody, and that is told', async () => {
    const anna = await lab.visitor('anna');
    assert.equal((await anna.ask(root)).status, 200);
    assert.deepEqual(await devices(), people);
    const { stdout, stderr } = await percept(['users', 'remove', 'Anna', '--user-dir', lab.nodeRed.userDir]);
    assert.match(stdout, /Anna is removed and signed out everywhere\. Their devices ring no more/);
    assert.equal(stderr, '');
    assert.deepEqual(await devices(), ['ben']);
    assert.equal((await anna.ask(root)).status, 401);
    lab.finding('door');
    await service.last('bens-phone');
    await until(() => failures().find((text) => /no device of .{0,4}anna/.test(text)), { what: 'that anna is gone' });
    assert.equal(service.pushed.get('annas-phone'), undefined);
  });

  test('devices in a store that no command reaches go with the running node, at the latest when it starts', async () => {
    await lab.nodeRed.kill();
    const database = openDatabase(join(lab.nodeRed.userDir, 'access.sqlite'));
    new Users(database).remove('ben');
    database.close();
    assert.deepEqual(await devices(), ['ben']);
    await lab.nodeRed.again();
    await until(async () => (await devices()).length === 0, { what: 'the device to go' });
    await until(() => /1 devices of people who were removed/.test(lab.nodeRed.log), { what: 'the log to tell' });
  });
});
