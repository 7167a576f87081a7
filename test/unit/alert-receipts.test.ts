import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AlertTrial, minute, noon, second } from '../support/alert-trial.ts';

const reached = { reached: true } as const;
/** The provider had it; no channel is left. */
const missed = { ok: false, reached: false, error: 'no-answer' } as const;
/** The next channel of its node tries. */
const goesOn = { taken: true, reached: false, error: 'no-answer' } as const;

function told(settings: object = {}): AlertTrial {
  const alert = new AlertTrial(settings);
  alert.finding();
  alert.answer('push');
  return alert;
}

const untold = { channels: [{ name: 'push', receipts: true, followUps: false }] };
const delivery = (alert: AlertTrial, channel: string) =>
  alert.body?.deliveries.find((one) => one.channel === channel)?.state;

describe('what reached the person', () => {
  test('is told with its time, and nothing else changes', () => {
    const alert = told();
    const { delivered, stepAt } = alert.body ?? {};
    alert.now += 20 * second;
    alert.hear(alert.notice('push'), reached);
    assert.deepEqual(
      [alert.state, delivery(alert, 'push'), alert.body?.deliveries[0]?.at, alert.kinds.at(-1)],
      ['notified', 'reached', noon + 20 * second, 'reached'],
    );
    assert.deepEqual([alert.body?.delivered, alert.body?.stepAt], [delivered, stepAt], 'the cooldown counts as before');
  });

  test('is over: told again, or told late that it was delivered or missed, changes nothing', () => {
    const alert = told();
    alert.hear(alert.notice('push'), reached);
    const before = [alert.kinds.length, structuredClone(alert.body)];
    for (const late of [reached, {}, { taken: true }, missed, goesOn, { ok: false }])
      alert.hear(alert.notice('push'), late);
    assert.deepEqual([alert.kinds.length, alert.body], before);
  });

  test('counts as delivered where that was never heard', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.hear(alert.notice('push'), reached);
    assert.deepEqual([alert.state, alert.body?.delivered], ['notified', noon]);
  });
});

describe('what was delivered and missed after all', () => {
  test('counts as failed: the next step follows at once', () => {
    const alert = told();
    alert.wait(30 * second);
    alert.hear(alert.notice('push'), missed);
    assert.deepEqual([alert.state, alert.told, delivery(alert, 'push')], ['open', ['push', 'message'], 'failed']);
    assert.deepEqual(alert.kinds.slice(-4), ['missed', 'failed-over', 'escalated', 'handed']);
  });

  test('while the next channel of its node tries it is waited for, as for any that is on its way', () => {
    const alert = told();
    alert.wait(30 * second);
    alert.hear(alert.notice('push'), goesOn);
    assert.deepEqual([alert.state, alert.told, delivery(alert, 'push')], ['open', ['push'], 'taken']);
    alert.hear(alert.notice('push'), {});
    assert.deepEqual([alert.state, delivery(alert, 'push')], ['notified', 'delivered']);
    alert.wait(90 * second);
    assert.deepEqual(alert.told, ['push', 'message'], 'the step came in its time');
  });

  test('and that no other channel took either, is failed with what the last one said', () => {
    const alert = told();
    alert.hear(alert.notice('push'), goesOn);
    alert.hear(alert.notice('push'), { ok: false, reached: false, error: 'refused' });
    assert.deepEqual(alert.kinds.slice(-5), ['missed', 'failed', 'failed-over', 'escalated', 'handed']);
  });

  test('leaves the alert told where somebody else was reached in the same round', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push', to: 'anna, ben' }], repeat: 600 });
    alert.finding();
    const [anna, ben] = alert.handed;
    assert.ok(anna && ben);
    alert.hear(anna, {});
    alert.hear(ben, {});
    alert.hear(anna, missed);
    assert.deepEqual([alert.state, alert.body?.reached], ['notified', true]);
    alert.hear(ben, missed);
    assert.deepEqual([alert.state, alert.body?.reached, alert.kinds.at(-1)], ['open', false, 'unreached']);
    alert.wait(minute);
    assert.equal(alert.handed.length, 4, 'the chain begins again as after any that reached nobody');
  });

  test('is not what the cooldown counts from', () => {
    for (const [receipt, expected] of [
      [reached, 1],
      [missed, 2],
    ] as const) {
      const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 0, cooldown: 600, resolveAfter: 1 });
      alert.finding({ until: noon });
      alert.answer('push');
      alert.hear(alert.notice('push'), receipt);
      alert.wait(5 * second);
      assert.equal(alert.state, 'resolved');
      alert.finding({ since: noon + 10 * second });
      const steps = alert.handed.filter(({ occasion }) => occasion !== 'resolved');
      assert.equal(steps.length, expected, receipt === missed ? 'missed' : 'reached');
    }
  });

  test('gives back the cooldown of the alert before', () => {
    const alert = told({ steps: [{ channel: 'push' }], repeat: 0, cooldown: 600, resolveAfter: 1 });
    alert.finding({ until: noon });
    alert.wait(5 * second);
    alert.finding({ since: noon + 10 * second, severity: 'critical' });
    alert.wait(minute);
    alert.answer('push');
    assert.equal(alert.body?.delivered, noon + minute + 5 * second);
    alert.hear(alert.notice('push'), missed);
    assert.deepEqual([alert.body?.delivered, alert.body?.told], [noon, 'warning']);
  });

  test('after somebody has taken the alert, calls nobody any more', () => {
    const alert = told(untold);
    alert.happen({ type: 'acknowledge', by: 'anna' });
    const handed = alert.handed.length;
    alert.hear({ number: 1 }, missed);
    alert.wait(60 * minute);
    assert.deepEqual([alert.state, alert.handed.length], ['acknowledged', handed]);
    assert.ok(alert.kinds.includes('missed'));
  });

  test('after the alert is over, is told and stays over', () => {
    const alert = told(untold);
    alert.happen({ type: 'resolve', by: 'anna' });
    const handed = alert.handed.length;
    alert.hear({ number: 1 }, missed);
    alert.wait(60 * minute);
    assert.deepEqual([alert.state, alert.handed.length], ['resolved', handed]);
    assert.deepEqual([alert.kinds.at(-1), alert.body?.delivered], ['missed', undefined]);
  });

  test('of an earlier round, leaves what the newer one has done', () => {
    const alert = told({ steps: [{ channel: 'push' }], repeat: 600 });
    alert.wait(10 * minute);
    alert.answer('push');
    alert.hear({ number: 1 }, missed);
    assert.deepEqual([alert.state, alert.body?.reached, delivery(alert, 'push')], ['notified', true, 'delivered']);
  });

  test('told twice counts once', () => {
    const alert = told();
    alert.hear({ number: 1 }, missed);
    const before = [alert.kinds.length, alert.told.length];
    alert.hear({ number: 1 }, missed);
    alert.hear({ number: 1 }, goesOn);
    assert.deepEqual([alert.kinds.length, alert.told.length], before);
  });

  test('told only after the next channel had delivered it, changes nothing', () => {
    const alert = told();
    alert.now += minute;
    const late = alert.now;
    alert.hear({ number: 1 }, { ...goesOn, at: late });
    alert.now += second;
    alert.hear({ number: 1 }, { at: alert.now });
    const before = alert.kinds.length;
    alert.hear({ number: 1 }, { ...goesOn, at: late });
    assert.deepEqual([alert.kinds.length, alert.state], [before, 'notified']);
  });

  test('a plain failure told after the delivery changes nothing: only a provider takes back what it delivered', () => {
    const alert = told();
    const before = alert.kinds.length;
    alert.hear({ number: 1 }, { ok: false, error: 'late' });
    assert.deepEqual([alert.kinds.length, alert.state], [before, 'notified']);
  });
});
