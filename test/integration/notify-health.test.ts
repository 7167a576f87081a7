import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testNotice } from '../../dist/alert/channels/trial.js';
import { notice } from '../support/provider-notice.ts';
import { fails, SpoolTrial, TrialChannel } from '../support/provider-spool.ts';
import { forBothStores } from '../support/stores.ts';

const words = { title: 'Test', text: 'Nothing has happened.' };

forBothStores((lab) => {
  test('of each channel: what it delivered last, what it did not take last, also where the next one took it', async () => {
    const [push, sms] = [new TrialChannel('push', fails('refused')), new TrialChannel('sms')];
    const trial = new SpoolTrial(await lab.open(), [push, sms]);
    const began = Date.now();
    await trial.take(notice(1));
    await trial.told(1);
    const [first, second] = await trial.spool.health();
    await trial.stop();
    assert.deepEqual(
      [first?.id, first?.name, first?.waiting, first?.lastDelivered],
      ['push', 'the push', 0, undefined],
    );
    assert.match(first?.lastError ?? '', /refused/);
    assert.ok((first?.lastErrorAt ?? 0) > began - 60_000);
    assert.equal(second?.lastError, undefined);
    assert.ok((second?.lastDelivered ?? 0) > began - 60_000);
  });

  test('what waits is counted where it waits', async () => {
    const trial = new SpoolTrial(await lab.open(), [new TrialChannel('push', undefined, 1), new TrialChannel('sms')]);
    for (let i = 1; i <= 3; i++) await trial.take(notice(i, { thread: `17/push/${i}` }));
    await trial.told(1);
    const health = await trial.spool.health();
    await trial.stop();
    assert.deepEqual(
      health.map(({ waiting }) => waiting),
      [2, 0],
    );
  });

  test('a test goes out at once past what waits, once, and its outcome is remembered', async () => {
    const push = new TrialChannel('push', undefined, 1);
    const trial = new SpoolTrial(await lab.open(), [push]);
    for (let i = 1; i <= 3; i++) await trial.take(notice(i, { thread: `17/push/${i}` }));
    await trial.told(1);
    const tried = await trial.spool.test(push, testNotice(push, 'node', words));
    push.act = fails('later');
    const failed = await trial.spool.test(push, testNotice(push, 'node', words));
    const [health] = await trial.spool.health();
    await trial.stop();
    assert.deepEqual([tried.ok, failed.ok], [true, false]);
    assert.match(failed.error ?? '', /later/);
    assert.deepEqual(
      push.sent.slice(1).map((sent) => [sent.notice.occasion, sent.notice.title]),
      [
        ['test', 'Test'],
        ['test', 'Test'],
      ],
    );
    assert.match(health?.lastError ?? '', /later/);
  });

  test('what no channel took begins anew with the first when it is asked for, and no other does', async () => {
    const push = new TrialChannel('push', fails('refused'));
    const trial = new SpoolTrial(await lab.open(), [push]);
    await trial.take(notice(1));
    await trial.take(notice(2, { thread: 'other' }));
    await trial.told(2);
    push.act = () => ({});
    assert.equal(await trial.spool.resend('17.9'), 0);
    assert.equal(await trial.spool.resend('17.2'), 1);
    await trial.told(3);
    assert.deepEqual([trial.outcomes[2]?.notice.notice, trial.outcomes[2]?.ok], ['17.2', true]);
    assert.equal(await trial.spool.resend(), 1);
    await trial.told(4);
    assert.equal(await trial.spool.resend(), 0);
    await trial.stop();
    assert.equal(push.sent.length, 4);
  });
});
