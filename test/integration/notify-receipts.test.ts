import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../dist/store/store.js';
import { notice } from '../support/provider-notice.ts';
import { AskedChannel, fails, isMissed, isReached, SpoolTrial, TrialChannel } from '../support/provider-spool.ts';
import { forBothStores } from '../support/stores.ts';
import { until } from '../support/until.ts';

const shown = ({ outcomes }: SpoolTrial) =>
  outcomes.map(({ notice: { notice: id }, ok, taken = false, reached }) => [id, ok, taken, reached]);

/** What the alert node would have stored of the alert that these notices are about. */
async function storeAlert(store: Store, state: 'notified' | 'acknowledged' | 'resolved'): Promise<void> {
  const { id, policy, key, severity, kind, source, opened } = notice(1);
  await store.db
    .insertInto('alert')
    .values({
      ...{ id, policy, key, active_key: null, state, severity, kind, source, zone: '', title: '', count: 1 },
      ...{ opened_at: opened, changed_at: opened, closed_at: null, delivered_at: null, due: null, inhibits: 0 },
      body: '{}',
    })
    .execute();
}

forBothStores((lab) => {
  test('what the provider took is told at once, and again when it has reached the person; then it is asked no more', async () => {
    const sms = new AskedChannel('sms');
    const trial = new SpoolTrial(await lab.open(), [sms]);
    await trial.take(notice(1));
    await trial.told(1);
    await until(() => sms.asked.length >= 2, { what: 'questions' });
    sms.tells = isReached;
    const [delivered, reached] = await trial.told(2);
    const asked = sms.asked.length;
    await trial.take(notice(2, { thread: 'other' }));
    await trial.told(4);
    assert.equal((await trial.take(notice(1)))?.reached, true, 'and to whoever hands it over again');
    await trial.stop();
    assert.deepEqual(shown(trial).slice(0, 2), [
      ['17.1', true, false, undefined],
      ['17.1', true, false, true],
    ]);
    assert.ok((reached?.at ?? 0) >= (delivered?.at ?? 0));
    assert.equal(sms.asked.filter((one) => one === '17.1').length, asked);
    assert.equal(sms.sent.length, 2);
  });

  test('what was missed goes on to the next channel, unmarked, and is told as such with the reason', async () => {
    const [call, mail] = [new AskedChannel('call', isMissed), new TrialChannel('mail')];
    const trial = new SpoolTrial(await lab.open(), [call, mail]);
    await trial.take(notice(1));
    await trial.told(3);
    const [health] = await trial.spool.health();
    await trial.stop();
    assert.deepEqual(shown(trial), [
      ['17.1', true, false, undefined],
      ['17.1', true, true, false],
      ['17.1', true, false, undefined],
    ]);
    assert.deepEqual(
      trial.outcomes.map(({ channel }) => channel),
      ['the call', 'the call', 'the mail'],
    );
    assert.match(trial.outcomes[1]?.error ?? '', /no-answer/);
    assert.deepEqual([call.sent.length, mail.sent.map((sent) => sent.notice.again)], [1, [false]]);
    assert.match(health?.lastError ?? '', /no-answer/, 'the channel shows it');
  });

  test('what was missed on the last channel has failed, with the reason, and can be sent again', async () => {
    const call = new AskedChannel('call', isMissed);
    const trial = new SpoolTrial(await lab.open(), [call]);
    await trial.take(notice(1));
    const [, failed] = await trial.told(2);
    assert.deepEqual([failed?.ok, failed?.reached, failed?.needless], [false, false, false]);
    assert.match(failed?.error ?? '', /no-answer/);
    call.tells = isReached;
    assert.equal(await trial.spool.resend('17.1'), 1);
    await trial.told(4);
    await trial.stop();
    assert.deepEqual(shown(trial).at(-1), ['17.1', true, false, true]);
    assert.equal(call.sent.length, 2);
  });

  test('what the next channel does not take either has failed, and is told as taken back', async () => {
    const trial = new SpoolTrial(await lab.open(), [
      new AskedChannel('call', isMissed),
      new TrialChannel('mail', fails('refused')),
    ]);
    await trial.take(notice(1));
    await trial.told(3);
    await trial.stop();
    assert.deepEqual(shown(trial).at(-1), ['17.1', false, false, false]);
    assert.match(trial.outcomes[2]?.error ?? '', /refused/);
  });

  test('a provider that never tells is given up; what it took stays delivered', async () => {
    const sms = new AskedChannel('sms');
    const store = await lab.open();
    const trial = new SpoolTrial(store, [sms], { askFor: 300 });
    await trial.take(notice(1));
    const receipt = async () =>
      (await store.db.selectFrom('notice_spool').select(['state', 'receipt']).executeTakeFirst()) ?? {};
    await until(async () => JSON.stringify(await receipt()).includes('unknown'), { what: 'the end of questions' });
    await trial.stop();
    assert.deepEqual(await receipt(), { state: 'delivered', receipt: 'unknown' });
    assert.deepEqual(shown(trial), [['17.1', true, false, undefined]]);
  });

  test('while the provider cannot be asked it is asked later; where it will not tell, no more', async () => {
    const [away, shut] = [new AskedChannel('away'), new AskedChannel('shut')];
    away.tells = fails('later');
    shut.tells = fails('refused');
    const store = await lab.open();
    const [first, second] = [new SpoolTrial(store, [away]), new SpoolTrial(store, [shut], { name: 'other' })];
    await first.take(notice(1));
    await second.take(notice(1));
    await until(() => away.asked.length >= 3 && shut.asked.length === 1, { what: 'questions' });
    away.tells = isReached;
    await first.told(2);
    await Promise.all([first.stop(), second.stop()]);
    assert.deepEqual([shown(first).at(-1), shut.asked.length], [['17.1', true, false, true], 1]);
  });

  test('a spool that is opened again goes on asking', async () => {
    const store = await lab.open();
    const first = new SpoolTrial(store, [new AskedChannel('call'), new TrialChannel('mail')]);
    await first.take(notice(1));
    await first.told(1);
    await first.stop();
    const mail = new TrialChannel('mail');
    const second = new SpoolTrial(store, [new AskedChannel('call', isMissed), mail]);
    await second.told(2);
    await second.stop();
    assert.deepEqual(shown(second), [
      ['17.1', true, true, false],
      ['17.1', true, false, undefined],
    ]);
    assert.equal(mail.sent.length, 1);
  });

  test('of two processes on one store one asks, and the next channel gets it once', async () => {
    const store = await lab.open();
    const [mail, asks] = [new TrialChannel('mail'), new Map<string, number>()];
    let most = 0;
    const tells = async (reference: string) => {
      asks.set(reference, (asks.get(reference) ?? 0) + 1);
      most = Math.max(most, asks.get(reference) ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      asks.set(reference, (asks.get(reference) ?? 0) - 1);
      return isMissed();
    };
    const trials = [1, 2].map(() => new SpoolTrial(store, [new AskedChannel('call', tells), mail]));
    for (let i = 1; i <= 10; i++) await trials[i % 2]?.take(notice(i, { thread: `17/push/${i}` }));
    const waiting = async () => (await trials[0]?.spool.waiting()) ?? 0;
    await until(async () => mail.sent.length >= 10 && (await waiting()) === 0, { what: 'the end' });
    await Promise.all(trials.map((one) => one.stop()));
    const sent = mail.sent.map((parcel) => parcel.notice.notice);
    assert.deepEqual([sent.length, new Set(sent).size], [10, 10]);
    assert.equal(most, 1, 'nobody asks while another does');
  });

  test('what waits for its receipt keeps back neither its thread nor others, and takes nothing of the rate', async () => {
    const sms = new AskedChannel('sms', undefined, 3);
    const trial = new SpoolTrial(await lab.open(), [sms]);
    await trial.take(notice(1));
    await trial.told(1);
    await until(() => sms.asked.length >= 5, { what: 'questions' });
    await trial.take(notice(2, { occasion: 'repeat' }));
    await trial.take(notice(3, { thread: 'other' }));
    await trial.told(3);
    assert.equal(await trial.spool.waiting(), 0);
    await trial.stop();
    assert.equal(sms.sent.length, 3);
  });

  test('what was missed is not sent after a later one of its thread; it has failed, and nobody has to do anything', async () => {
    const [sms, mail] = [new AskedChannel('sms'), new TrialChannel('mail')];
    sms.tells = (reference) => (reference === '17.1' ? { state: 'pending' } : { state: 'reached' });
    const trial = new SpoolTrial(await lab.open(), [sms, mail]);
    await trial.take(notice(1));
    await trial.told(1);
    await trial.take(notice(2, { occasion: 'repeat' }));
    await trial.told(3);
    sms.tells = isMissed;
    const outcomes = await trial.told(4);
    assert.deepEqual([outcomes[3]?.notice.notice, outcomes[3]?.ok, outcomes[3]?.needless], ['17.1', false, true]);
    assert.equal((await trial.take(notice(1)))?.reached, false);
    assert.equal(await trial.spool.resend(), 0);
    await trial.stop();
    assert.equal(mail.sent.length, 0);
  });

  test('a later one that still waits stands for it, and is heard', async () => {
    const sms = new AskedChannel('sms', undefined, 1);
    const store = await lab.open();
    const trial = new SpoolTrial(store, [sms]);
    await trial.take(notice(1));
    await trial.told(1);
    await trial.take(notice(2, { occasion: 'update', quiet: true }));
    sms.tells = isMissed;
    await trial.told(2);
    await trial.stop();
    assert.deepEqual(shown(trial).at(-1), ['17.1', false, false, false]);
    const update = await store.db
      .selectFrom('notice_spool')
      .select(['state', 'body'])
      .where('due', 'is not', null)
      .execute();
    assert.deepEqual(
      update.map(({ state, body }) => [state, (JSON.parse(body) as { quiet: boolean }).quiet]),
      [['waiting', false]],
    );
  });

  test('of an alert that somebody has taken since, nothing is sent on but what tells of that', async () => {
    for (const [state, occasion, sent] of [
      ['notified', 'step', 1],
      ['acknowledged', 'step', 0],
      ['acknowledged', 'acknowledged', 1],
      ['resolved', 'acknowledged', 0],
      ['resolved', 'resolved', 1],
    ] as const) {
      const [sms, mail] = [new AskedChannel('sms', isMissed), new TrialChannel('mail')];
      const store = await lab.open();
      await storeAlert(store, state);
      const trial = new SpoolTrial(store, [sms, mail]);
      await trial.take(notice(1, { occasion }));
      await trial.told(sent ? 3 : 2);
      await trial.stop();
      assert.equal(mail.sent.length, sent, `${occasion} of one that is ${state}`);
    }
  });

  test('those that a later one stood for share what becomes of it', async () => {
    for (const [tells, ends] of [
      [isReached, [true, true]],
      [isMissed, [false, false]],
    ] as const) {
      const gate = Promise.withResolvers<void>();
      const sms = new AskedChannel('sms');
      const store = await lab.open();
      const trial = new SpoolTrial(store, [sms]);
      sms.act = async ({ notice: { notice: reference } }) => {
        await gate.promise;
        return { reference };
      };
      await trial.take(notice(1, { thread: 'other' }));
      await trial.take(notice(2));
      await until(() => sms.sent.length === 2);
      await trial.take(notice(3, { occasion: 'repeat' }));
      await trial.take(notice(4, { occasion: 'update' }));
      gate.resolve();
      await trial.told(4);
      sms.tells = tells;
      await trial.told(8);
      await trial.stop();
      const last = new Map(shown(trial).map(([id, ok, , reached]) => [id, [ok, reached]]));
      assert.deepEqual([last.get('17.3'), last.get('17.4')], [ends, ends]);
      assert.equal(sms.sent.length, 3);
    }
  });
});
