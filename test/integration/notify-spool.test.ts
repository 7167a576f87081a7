import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notice } from '../support/provider-notice.ts';
import { fails, SpoolTrial, TrialChannel } from '../support/provider-spool.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

forBothStores((lab) => {
  test('a notice is delivered once, however often it is handed over', async () => {
    const push = new TrialChannel('push');
    const trial = new SpoolTrial(await lab.open(), [push]);
    assert.equal(await trial.take(notice(1)), undefined);
    await trial.take(notice(1));
    const [outcome] = await trial.told(1);
    assert.deepEqual([outcome?.ok, outcome?.channel, outcome?.notice.notice], [true, 'the push', '17.1']);
    assert.equal((await trial.take(notice(1, { again: true })))?.ok, true, 'its outcome is told again');
    await trial.stop();
    assert.equal(push.sent.length, 1);
  });

  test('what a channel does not take is tried again, then goes to the next one', async () => {
    const push = new TrialChannel('push', fails('later'));
    const sms = new TrialChannel('sms');
    const trial = new SpoolTrial(await lab.open(), [push, sms], { failover: 300 });
    await trial.take(notice(1));
    const [outcome] = await trial.told(1);
    await trial.stop();
    assert.deepEqual([outcome?.ok, outcome?.channel], [true, 'the sms']);
    assert.ok(push.sent.length > 1, `${push.sent.length} attempts`);
    assert.ok(
      push.sent.every(({ notice: { again } }) => !again),
      'an answered attempt did not arrive',
    );
  });

  test('without an answer it is sent once more, marked; the next channel gets it marked too', async () => {
    const push = new TrialChannel('push', fails('unanswered'));
    const sms = new TrialChannel('sms');
    const trial = new SpoolTrial(await lab.open(), [push, sms]);
    await trial.take(notice(1));
    await trial.told(1);
    await trial.stop();
    assert.deepEqual(
      push.sent.map((sent) => sent.notice.again),
      [false, true],
    );
    assert.deepEqual(
      sms.sent.map((sent) => sent.notice.again),
      [true],
    );
  });

  test('what no channel takes is told with the reason', async () => {
    const trial = new SpoolTrial(await lab.open(), [new TrialChannel('push', fails('refused'))]);
    await trial.take(notice(1));
    const [outcome] = await trial.told(1);
    await trial.stop();
    assert.equal(outcome?.ok, false);
    assert.match(outcome?.error ?? '', /answered 500: refused/);
  });

  test('notices of one thread leave in order; what tells how things stand takes the place of older ones', async () => {
    const gate = Promise.withResolvers<void>();
    const push = new TrialChannel('push', async ({ notice: { notice } }) => {
      await gate.promise;
      return { reference: notice };
    });
    const trial = new SpoolTrial(await lab.open(), [push]);
    await trial.take(notice(1));
    await until(() => push.sent.length === 1);
    await trial.take(notice(2, { occasion: 'repeat' }));
    await trial.take(notice(3, { occasion: 'update', quiet: true }));
    gate.resolve();
    const outcomes = await trial.told(3);
    await trial.stop();
    assert.deepEqual(
      push.sent.map((sent) => sent.notice.notice),
      ['17.1', '17.3'],
    );
    assert.equal(push.sent[1]?.notice.quiet, false, 'it stands for one that was to be heard');
    assert.deepEqual(push.sent[1]?.earlier, ['17.1']);
    assert.deepEqual(outcomes.map((one) => [one.notice.notice, one.ok]).sort(), [
      ['17.1', true],
      ['17.2', true],
      ['17.3', true],
    ]);
  });

  test('no more a minute than the channel allows; the others wait', async () => {
    const push = new TrialChannel('push', undefined, 3);
    const trial = new SpoolTrial(await lab.open(), [push]);
    for (let i = 1; i <= 5; i++) await trial.take(notice(i, { thread: `17/push/${i}` }));
    await trial.told(3);
    assert.equal(await trial.spool.waiting(), 2);
    await trial.stop();
    assert.equal(push.sent.length, 3);
  });

  test('a spool that is opened again goes on with what waits', async () => {
    const store = await lab.open();
    const first = new SpoolTrial(store, [new TrialChannel('push', fails('later'))]);
    await first.take(notice(1));
    await first.stop();
    const push = new TrialChannel('push');
    const second = new SpoolTrial(store, [push]);
    const [outcome] = await second.told(1);
    await second.stop();
    assert.equal(outcome?.ok, true);
    assert.equal(push.sent.length, 1);
  });
});
