import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { readBoard, ringingFor } from '../../dist/alert/phone/board.js';
import { visitorOf } from '../../dist/alert/phone/visitor.js';
import type { Finding } from '../../dist/kit/index.js';
import { DeskTrial } from '../support/alert-desk.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

function finding(source: string): Finding {
  const times = { since: Date.now(), score: 1, threshold: 0, quantity: '', evidence: [] };
  return { kind: 'loitering', source, severity: 'critical', reasons: ['Somebody waits'], ...times };
}

forBothStores((lab) => {
  test('what was handed to a person rings for them, under any case of their name, until somebody takes it', async () => {
    const store = await lab.open();
    const steps = [
      { after: 0, channel: 'push', to: 'Anna', chain: '' },
      { after: 3_600, channel: 'push', to: 'ben', chain: '' },
    ];
    const trial = new DeskTrial(store, { settings: { steps, retry: 3_600 }, answers: true });
    try {
      const alert = await trial.find(finding('door'));
      const id = alert?.id ?? 0;
      await trial.told(1);
      const board = await until(
        async () => {
          const read = await readBoard(store, { policy: '', channel: 'push' });
          return read.handed.length === 1 ? read : undefined;
        },
        { what: 'the notice on the board' },
      );
      assert.deepEqual(
        board.cards.map(({ title, titles, reasons, told }) => [title, titles.ko, reasons, told[0]?.to]),
        [['Critical: loitering, door', '위험: 배회, door', ['Somebody waits'], 'Anna']],
      );
      assert.deepEqual(ringingFor(board, 'anna'), { [id]: `${id}.1` });
      assert.deepEqual([ringingFor(board, 'ben'), ringingFor(board, '')], [{}, { [id]: `${id}.1` }]);
      assert.deepEqual(
        (await readBoard(store, { policy: '', channel: 'sms' })).handed,
        [],
        'another channel rings elsewhere',
      );
      assert.deepEqual(
        (await readBoard(store, { policy: 'other', channel: 'push' })).cards,
        [],
        'another policy is not ours',
      );
      await trial.desk.put({ type: 'acknowledge', which: { id }, by: 'ben' });
      const after = await readBoard(store, { policy: 'test', channel: 'push' });
      assert.deepEqual([after.cards[0]?.state, after.cards[0]?.by, after.handed], ['acknowledged', 'ben', []]);
      await trial.desk.put({ type: 'resolve', which: { id }, by: 'ben' });
      assert.deepEqual(await readBoard(store, { policy: '', channel: 'push' }), { cards: [], handed: [] });
    } finally {
      await trial.stop();
    }
  });

  test('what was handed in an earlier round no longer rings while it is put off', async () => {
    const store = await lab.open();
    const steps = [{ after: 0, channel: 'push', to: '', chain: '' }];
    const trial = new DeskTrial(store, { settings: { steps }, answers: true });
    try {
      const { id = 0 } = (await trial.find(finding('gate'))) ?? {};
      await trial.told(1);
      await trial.desk.put({ type: 'snooze', which: { id }, by: 'anna', howLong: { minutes: 10 } });
      const board = await readBoard(store, { policy: '', channel: 'push' });
      assert.deepEqual([board.cards[0]?.state, board.handed], ['snoozed', []]);
      assert.ok((board.cards[0]?.until ?? 0) > Date.now());
    } finally {
      await trial.stop();
    }
  });
});

test('without a door everybody may act, and has no name; behind one, only its own note counts', async () => {
  const request = (pass?: string): IncomingMessage => {
    const made = new IncomingMessage(new Socket());
    if (pass !== undefined) made.headers['x-percept-pass'] = pass;
    return made;
  };
  const open = await visitorOf(request('forged'), {});
  assert.deepEqual([open?.person, open?.mayAct], ['', true]);
  const known = { good: { username: 'anna', permissions: ['read'] }, look: { username: 'vera', permissions: [] } };
  const tokens = async (pass: string) => known[pass as keyof typeof known] ?? null;
  const adminAuth = { tokenHeader: 'x-percept-pass', tokens };
  const asked = async (pass?: string) => await visitorOf(request(pass), { adminAuth });
  assert.deepEqual([(await asked('good'))?.person, (await asked('good'))?.mayAct], ['anna', true]);
  assert.equal((await asked('look'))?.mayAct, false);
  assert.deepEqual([await asked('forged'), await asked()], [undefined, undefined]);
  const foreign = { adminAuth: { ...adminAuth, tokenHeader: 'authorization' } };
  assert.equal((await visitorOf(request('good'), foreign))?.person, '', 'a note that nobody checks names nobody');
});
