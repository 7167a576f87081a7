import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AlertTrial, minute, noon, second } from '../support/alert-trial.ts';

const hour = 60 * minute;

describe('the chain', () => {
  test('climbs from channel to channel until somebody acknowledges', () => {
    const alert = new AlertTrial();
    alert.finding();
    assert.deepEqual([alert.state, alert.told], ['open', ['push']]);
    alert.answer('push');
    assert.equal(alert.state, 'notified');
    alert.wait(2 * minute);
    alert.answer('message');
    alert.wait(5 * minute - 1);
    assert.deepEqual(alert.told, ['push', 'message']);
    alert.wait(1);
    assert.deepEqual(alert.told, ['push', 'message', 'sms']);
    alert.answer('sms');
    alert.happen({ type: 'acknowledge', by: 'anna' });
    alert.wait(5 * hour);
    assert.equal(alert.state, 'acknowledged');
    assert.equal(alert.body?.by, 'anna');
    assert.equal(alert.told.includes('voice'), false);
  });

  test('those who were told hear who has taken it, without a sound', () => {
    const alert = new AlertTrial({ channels: [{ name: 'sms', receipts: true, followUps: false }] });
    alert.finding();
    alert.answer('push');
    alert.happen({ type: 'acknowledge', by: 'anna' });
    const { occasion, quiet, channel } = alert.notice('push');
    assert.deepEqual([occasion, quiet, channel], ['acknowledged', true, 'push']);
  });

  test('begins again when it is through and nobody has acknowledged', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 600 });
    alert.finding();
    alert.answer('push');
    alert.wait(10 * minute);
    assert.deepEqual(alert.told, ['push', 'push']);
    assert.equal(alert.notice('push').occasion, 'repeat');
    alert.answer('push');
    alert.wait(10 * minute);
    assert.equal(alert.told.length, 3);
  });

  test('a step that fails is not waited for', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push', false);
    assert.deepEqual(alert.told, ['push', 'message']);
    assert.ok(alert.kinds.includes('failed-over'));
  });

  test('a channel that keeps a notice on its way is waited for as long as a step lasts', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push', true, true);
    alert.wait(2 * minute - 1);
    assert.deepEqual([alert.state, alert.told], ['open', ['push']]);
    alert.wait(1);
    assert.deepEqual(alert.told, ['push', 'message']);
  });

  test('a chain that reached nobody begins again, with pauses that grow to a quarter of an hour', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 0, expireHours: 0 });
    const at: number[] = [];
    alert.finding();
    for (let i = 0; i < 8; i++) {
      alert.answer('push', false);
      const due = alert.last?.due ?? 0;
      at.push((due - alert.now) / second);
      alert.wait(due - alert.now);
    }
    assert.deepEqual(at, [60, 120, 240, 480, 900, 900, 900, 900]);
    alert.answer('push');
    assert.equal(alert.state, 'notified');
  });

  test('with nobody at home the second step comes with the first', () => {
    const alert = new AlertTrial();
    alert.world = { somebodyHome: false };
    alert.finding();
    assert.deepEqual(alert.told, ['push', 'message']);
    alert.answer('push');
    alert.wait(5 * minute);
    assert.deepEqual(alert.told, ['push', 'message', 'message', 'sms'], 'the message once more: no answer came');
  });

  test('what gets worse begins it anew, also when somebody has acknowledged', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push');
    alert.happen({ type: 'acknowledge', by: 'anna' });
    alert.answer('push');
    alert.finding({ severity: 'critical' });
    assert.equal(alert.state, 'open');
    assert.equal(alert.notice('push').occasion, 'repeat');
    assert.ok(alert.kinds.includes('worse'));
  });
});

describe('an answer that does not come', () => {
  test('the same notice goes out once more, marked by its attempts, and never a third time', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 0, expireHours: 0 });
    alert.finding();
    const first = alert.notice('push');
    alert.wait(minute);
    const again = alert.notice('push');
    assert.deepEqual([again.number, again.attempts], [first.number, 2]);
    alert.wait(10 * minute);
    assert.equal(alert.handed.filter(({ number }) => number === first.number).length, 2);
    assert.ok(alert.kinds.includes('unknown'));
  });

  test('then the next step follows', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }, { channel: 'sms', after: 3600 }] });
    alert.finding();
    alert.wait(2 * minute);
    assert.deepEqual(alert.told, ['push', 'push', 'sms']);
  });

  test('a chain without answers is not gone through faster than it would be repeated', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 0, expireHours: 0 });
    alert.finding();
    alert.wait(hour);
    // twice each, a quarter of an hour after the second one was given up
    assert.ok(alert.told.length <= 8, `${alert.told.length} notices in an hour`);
    assert.ok(alert.told.length >= 4);
  });

  test('one that comes after all counts', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], repeat: 0 });
    alert.finding();
    const late = alert.notice('push');
    alert.wait(5 * minute);
    alert.happen({ type: 'delivery', notice: { ...late, state: 'unknown' }, receipt: { ok: true, taken: false } });
    assert.equal(alert.state, 'notified');
  });

  test('the same receipt twice changes nothing', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push');
    const before = alert.kinds.length;
    alert.happen({
      type: 'delivery',
      notice: { ...alert.notice('push'), state: 'delivered' },
      receipt: { ok: true, taken: false },
    });
    assert.equal(alert.kinds.length, before);
  });

  test('what a dead process had handed out goes out again at once', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.happen({ type: 'orphan', number: 1 });
    assert.deepEqual([alert.told, alert.notice('push').attempts], [['push', 'push'], 2]);
  });

  test('the end of an alert waits on its channel for the answer to its beginning', () => {
    const alert = new AlertTrial({ steps: [{ channel: 'push' }], resolveAfter: 10 });
    alert.finding({ until: noon });
    alert.wait(10 * second);
    assert.deepEqual([alert.state, alert.told], ['resolved', ['push']]);
    alert.answer('push');
    assert.deepEqual(
      alert.handed.map(({ occasion }) => occasion),
      ['step', 'resolved'],
    );
  });
});

describe('one alert', () => {
  test('a hundred findings of one key are one alert and one notice', () => {
    const alert = new AlertTrial();
    for (let i = 0; i < 100; i++) alert.finding({ since: noon + i });
    assert.equal(alert.body?.count, 100);
    assert.deepEqual(alert.told, ['push']);
  });

  test('is over some time after its findings ended; those who were told are told that', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push');
    alert.finding({ until: noon + 5 * second });
    alert.wait(minute - 1);
    assert.equal(alert.state, 'notified');
    alert.wait(1);
    assert.equal(alert.state, 'resolved');
    assert.equal(alert.notice('push').occasion, 'resolved');
  });

  test('that ends only by a person goes on after its findings ended', () => {
    const alert = new AlertTrial({ ends: 'person' });
    alert.finding({ until: noon });
    alert.answer('push');
    alert.wait(2 * minute);
    assert.deepEqual([alert.state, alert.told], ['notified', ['push', 'message']]);
    alert.happen({ type: 'acknowledge', by: 'anna' });
    alert.wait(minute);
    assert.equal(alert.state, 'resolved');
  });

  test('of which nothing more is heard expires', () => {
    const alert = new AlertTrial({ expireHours: 1 });
    alert.finding();
    alert.answer('push');
    alert.wait(hour);
    assert.equal(alert.state, 'expired');
  });

  test('a finding that was told before, or comes late, opens none', () => {
    const alert = new AlertTrial();
    alert.finding({ until: noon + second });
    alert.wait(2 * minute);
    assert.equal(alert.state, 'resolved');
    alert.finding({ until: noon + second });
    alert.finding();
    alert.finding({ since: noon - hour, until: noon - hour });
    assert.equal(alert.state, 'resolved');
  });

  test('that a person closed stays closed while the finding lasts, and opens with a new one', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.happen({ type: 'resolve', by: '' });
    alert.finding({ reasons: ['still there'] });
    assert.equal(alert.state, 'resolved');
    alert.finding({ since: noon + hour });
    assert.equal(alert.state, 'open');
  });

  test('of a group ends with the last of them, and tells who joined in place of a new notice', () => {
    const alert = new AlertTrial({ group: '{zone}', updateSeconds: 30 });
    alert.finding({ source: 'pump-1' }, 'hall');
    alert.answer('push');
    alert.finding({ source: 'pump-2' }, 'hall');
    alert.finding({ source: 'pump-3' }, 'hall');
    assert.deepEqual(
      alert.handed.map(({ occasion }) => occasion),
      ['step', 'update'],
    );
    alert.finding({ source: 'pump-1', until: noon }, 'hall');
    alert.finding({ source: 'pump-2', until: noon }, 'hall');
    alert.wait(90 * second);
    assert.notEqual(alert.state, 'resolved');
    alert.finding({ source: 'pump-3', until: noon }, 'hall');
    alert.wait(minute);
    assert.equal(alert.state, 'resolved');
  });
});

describe('peace', () => {
  test('the cooldown counts from what was delivered, not from what was tried', () => {
    const settings = { steps: [{ channel: 'push' }], repeat: 0, cooldown: 600, resolveAfter: 1 };
    for (const [ok, expected] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const alert = new AlertTrial(settings);
      alert.finding({ until: noon });
      alert.answer('push', ok);
      alert.wait(5 * second);
      assert.equal(alert.state, 'resolved');
      alert.finding({ since: noon + 10 * second });
      const steps = alert.handed.filter(({ occasion }) => occasion !== 'resolved');
      assert.equal(steps.length, expected, ok ? 'delivered' : 'failed');
    }
  });

  test('what lasts longer than the cooldown is told at its end', () => {
    const alert = new AlertTrial({ cooldown: 600, resolveAfter: 1 });
    alert.finding({ until: noon });
    alert.answer('push');
    alert.wait(5 * second);
    alert.answer('push');
    alert.finding({ since: noon + 10 * second });
    assert.equal(alert.body?.held, 'cooldown');
    alert.wait(10 * minute);
    assert.equal(alert.notice('push').occasion, 'step');
    assert.equal(alert.body?.held, undefined);
  });

  test('quiet hours keep a warning until their end, and let a critical one through', () => {
    for (const severity of ['warning', 'critical'] as const) {
      const alert = new AlertTrial({ quiet: '22:00-07:00', expireHours: 0 });
      alert.now = Date.UTC(2026, 0, 5, 23);
      alert.finding({ severity, since: alert.now });
      assert.deepEqual(alert.told, severity === 'critical' ? ['push'] : []);
      alert.wait(8 * hour - 1);
      assert.equal(alert.handed.length > 0, severity === 'critical');
      alert.wait(1);
      assert.equal(alert.told[0], 'push');
    }
  });

  test('what ended within quiet hours is not told', () => {
    const alert = new AlertTrial({ quiet: '22:00-07:00' });
    alert.now = Date.UTC(2026, 0, 5, 23);
    alert.finding({ since: alert.now, until: alert.now });
    alert.wait(12 * hour);
    assert.deepEqual([alert.state, alert.told], ['resolved', []]);
  });

  test('a snooze lasts as long as was asked for; then the chain begins anew', () => {
    const alert = new AlertTrial();
    alert.finding();
    alert.answer('push');
    alert.happen({ type: 'snooze', by: 'anna', until: noon + hour });
    alert.wait(hour - 1);
    assert.deepEqual([alert.state, alert.told], ['snoozed', ['push']]);
    alert.wait(1);
    assert.deepEqual([alert.state, alert.told], ['open', ['push', 'push']]);
  });

  test('a silence keeps everybody from being told, and no longer', () => {
    const alert = new AlertTrial();
    const silence = { id: 7, until: noon + hour, author: 'ben', covers: () => true };
    alert.world = { silences: [silence] };
    alert.finding({ severity: 'critical' });
    assert.deepEqual([alert.state, alert.told, alert.last?.due], ['silenced', [], noon + hour]);
    alert.world = {};
    alert.wait(hour);
    assert.deepEqual([alert.state, alert.told], ['open', ['push']]);
  });

  test('what something else explains is mute while that is open', () => {
    const alert = new AlertTrial({ mutes: [{ by: 'offline', kind: '*', same: 'source' }] });
    const offline = { alert: 'other', kind: 'offline', source: 'door', zone: '', severity: 'warning' } as const;
    alert.world = { inhibitors: [offline] };
    alert.finding();
    assert.deepEqual([alert.state, alert.body?.mutedBy, alert.told], ['silenced', 'other', []]);
    alert.world = { inhibitors: [{ ...offline, source: 'yard' }] };
    alert.happen({ type: 'tick' });
    assert.deepEqual([alert.state, alert.told], ['open', ['push']]);
  });

  test('more of a group is waited for, unless it is critical', () => {
    const alert = new AlertTrial({ group: '{zone}', groupSeconds: 10 });
    alert.finding({ source: 'a' }, 'hall');
    assert.deepEqual(alert.told, []);
    alert.wait(10 * second);
    assert.deepEqual(alert.told, ['push']);
    const critical = new AlertTrial({ group: '{zone}', groupSeconds: 10 });
    critical.finding({ source: 'a', severity: 'critical' }, 'hall');
    assert.deepEqual(critical.told, ['push']);
  });
});

describe('the clock', () => {
  test('put forward by a day does not run through the chain at once', () => {
    const alert = new AlertTrial({ expireHours: 0 });
    alert.finding();
    alert.answer('push');
    alert.now += 24 * hour;
    alert.happen({ type: 'tick' });
    assert.deepEqual(alert.told, ['push', 'message']);
  });

  test('put back by a day does not stop it', () => {
    const alert = new AlertTrial({ expireHours: 0 });
    alert.finding();
    alert.answer('push');
    alert.now -= 24 * hour;
    alert.happen({ type: 'clock', delta: -24 * hour });
    alert.wait(2 * minute);
    assert.deepEqual(alert.told, ['push', 'message']);
  });
});

test('a test goes out on every channel at once, day and night, and is over when all have answered', () => {
  const alert = new AlertTrial({ quiet: '00:00-24:00' });
  alert.happen({ type: 'test', channels: alert.policy.channels, by: '' });
  assert.deepEqual(alert.told, ['push', 'message', 'sms', 'voice']);
  for (const channel of ['push', 'message', 'sms']) alert.answer(channel);
  assert.notEqual(alert.state, 'resolved');
  alert.answer('voice', false);
  assert.equal(alert.state, 'resolved');
});

test('a decision leaves what it was made from as it is', () => {
  const alert = new AlertTrial();
  alert.finding();
  const before = structuredClone(alert.body);
  const { body } = alert;
  alert.happen({ type: 'acknowledge', by: 'anna' });
  assert.deepEqual(body, before);
});

test('what was over before it was found is told all the same, also when more of its group is waited for', () => {
  for (const settings of [{ resolveAfter: 0 }, { resolveAfter: 0, group: '{kind}', groupSeconds: 10 }]) {
    const alert = new AlertTrial(settings);
    alert.finding({ since: noon - hour, until: noon - hour });
    alert.wait(20 * second);
    assert.deepEqual([alert.state, alert.told], ['resolved', ['push']]);
  }
});
