import assert from 'node:assert/strict';
import test from 'node:test';
import { stepKinds } from '../../dist/alert/machine/state.js';
import { Changes } from '../../nodes/dashboard/dist/alerts/changes.js';
import { addressed } from '../../nodes/dashboard/dist/alerts/requests.js';
import {
  type Alert,
  joined,
  type Policy,
  sorted,
  type TimelineStep,
  withChanges,
} from '../../nodes/dashboard/ui/alerts/model.ts';
import { alertsTexts } from '../../nodes/dashboard/ui/alerts/texts.ts';
import {
  minutesUntil,
  nextMorning,
  nextWords,
  patternOf,
  silenceWords,
  stateWords,
  stepWords,
  troubleOf,
} from '../../nodes/dashboard/ui/alerts/words.ts';
import { translator } from '../../nodes/dashboard/ui/shared/language.ts';
import { until } from '../support/until.ts';

const speech = { language: 'en-US', text: translator(alertsTexts, 'en-US') } as const;
const now = Date.now();

function alert(id: number, more: Partial<Alert> = {}): Alert {
  return {
    ...{ id, policy: 'door', key: `k${id}`, state: 'notified', severity: 'warning', kind: 'following', source: 'door' },
    ...{ zone: '', title: '', count: 1, opened: now, reasons: [], round: 1, step: 1, deliveries: [] },
    ...more,
  };
}

test('what a page asks for is signed by who has signed in, whatever the page says, and named after its policy', () => {
  const msg: Record<string, unknown> = {
    acknowledge: { id: 7, by: 'somebody else' },
    of: 'door',
    topic: '',
    _client: { user: { name: 'anna', role: 'operator' } },
  };
  addressed(msg);
  assert.deepEqual(msg, {
    acknowledge: { id: 7, by: 'anna' },
    topic: 'door',
    _client: { user: { name: 'anna', role: 'operator' } },
  });
  const nobody: Record<string, unknown> = { silence: { minutes: 5, by: 'x' } };
  addressed(nobody);
  assert.deepEqual(nobody['silence'], { minutes: 5, by: '' });
});

test('questions say what they are about', () => {
  const policy: Record<string, unknown> = { policy: true };
  const channels: Record<string, unknown> = { channels: true };
  addressed(policy);
  addressed(channels);
  assert.deepEqual([policy['about'], channels['about']], ['policy', 'channels']);
});

test('a hundred changes of one alert within a moment are one word to the pages; a notice is none', async () => {
  const shown: Record<string, unknown>[] = [];
  const changes = new Changes((msg) => shown.push(msg));
  try {
    for (let round = 1; round <= 100; round++) assert.equal(changes.take({ id: 1, policy: 'door', round }), true);
    assert.equal(changes.take({ id: 2, policy: 'door', notice: '2.1' }), true);
    assert.equal(changes.take({ title: 'no alert' }), false);
    await until(() => shown.length > 0, { what: 'a word' });
    assert.deepEqual(shown, [{ changes: [{ id: 1, policy: 'door', round: 100 }] }]);
  } finally {
    changes.stop();
  }
});

test('what nobody has taken stands first, the worst of it before the rest, then the newest', () => {
  const all = [
    alert(1, { state: 'acknowledged', severity: 'critical' }),
    alert(2),
    alert(3),
    alert(4, { severity: 'critical' }),
  ];
  assert.deepEqual(
    sorted(all).map(({ id }) => id),
    [4, 3, 2, 1],
  );
});

test('a change replaces what was known; what is over goes below and stays there once', () => {
  const lists = { open: [alert(2), alert(1)], past: [alert(0, { state: 'resolved' })] };
  const changed = withChanges(lists, [alert(1, { state: 'resolved' }), alert(3, { severity: 'critical' })], now);
  assert.deepEqual(
    [changed.open.map(({ id }) => id), changed.past.map(({ id }) => id)],
    [
      [3, 2],
      [1, 0],
    ],
  );
  assert.equal(changed.past[0]?.closed, now);
  assert.deepEqual(
    joined(changed.past, [alert(1), alert(-1)]).map(({ id }) => id),
    [1, 0, -1],
  );
});

test('each state is told in words, with who and until when', () => {
  const words = (more: Partial<Alert>): string => stateWords(alert(1, more), speech);
  assert.deepEqual(
    [words({ state: 'open' }), words({ state: 'acknowledged', by: 'anna' }), words({ state: 'acknowledged' })],
    ['Nobody reached yet', 'Taken by anna', 'Taken'],
  );
  assert.deepEqual(
    [
      words({ state: 'resolved', by: 'anna' }),
      words({ state: 'resolved', by: 'anna', byHand: true }),
      words({ state: 'expired' }),
    ],
    ['Over; anna had it', 'Over, says anna', 'Nothing more was heard'],
  );
  assert.match(words({ state: 'silenced', until: now }), /^Silenced until/);
  assert.equal(words({ state: 'silenced', mutedBy: 'offline/camera' }), 'Explained by offline/camera');
});

test('what comes next names the channel, the people and how long it takes', () => {
  const steps = [
    { after: 0, channel: 'push', to: [] },
    { after: 20, channel: 'sms', to: ['anna', 'ben'] },
  ];
  const policies: Policy[] = [
    { name: 'door', quiet: { hours: '' }, duties: [], chains: [{ name: '', steps }], repeat: 60 },
  ];
  const words = (more: Partial<Alert>): string => nextWords(alert(1, more), policies, now, speech);
  assert.equal(words({ next: now + 12_000 }), 'Next: sms → anna, ben, in 12 sec');
  assert.equal(words({ next: now + 60_000, step: 2 }), 'If nobody takes it: from the beginning, in 1 min');
  assert.equal(words({ next: now + 60_000, held: 'quiet' }), 'Quiet hours: goes on in 1 min');
  assert.equal(words({ next: now + 5_000, policy: 'unknown' }), 'Next step in 5 sec');
  assert.equal(words({}), '');
});

test('every step that an alert takes has a sentence in each language, and no place in it is left open', () => {
  const detail = {
    kind: 'a',
    source: 'b',
    severity: 'critical',
    until: now,
    step: 1,
    channel: 'sms',
    to: 'anna',
    error: 'e',
  };
  for (const language of ['en-US', 'ko'] as const) {
    const text = translator(alertsTexts, language);
    for (const kind of stepKinds) {
      const step: TimelineStep = {
        number: 1,
        time: now,
        kind,
        by: 'ben',
        detail: { ...detail, round: 2, next: now, back: 5000, why: 'w' },
      };
      const words = stepWords(step, { language, text });
      assert.doesNotMatch(words, /[{}]/, kind);
      assert.notEqual(words, `${kind}: sms`);
      assert.notEqual(words, kind);
    }
  }
});

test('a step of a later version is told by its name', () => {
  const step = { number: 1, time: now, kind: 'teleported', by: '', detail: { channel: 'sms' } };
  assert.equal(stepWords(step, speech), 'teleported: sms');
});

test('a silence covers the name and nothing but what a comma or a star would', () => {
  assert.equal(patternOf('door, north'), 'door* north');
  assert.equal(silenceWords({ key: '', kind: 'loitering', source: 'yard*', zone: '' }, speech), 'loitering · yard*');
  assert.equal(silenceWords({ key: '', kind: '', source: '', zone: '' }, speech), 'everything');
});

test('the next morning is within a day, and minutes are never none', () => {
  for (const time of [now, nextMorning(now), nextMorning(now) - 1]) {
    const minutes = minutesUntil(nextMorning(time), time);
    assert.ok(minutes >= 1 && minutes <= 25 * 60, String(minutes));
    assert.equal(new Date(nextMorning(time)).getHours(), 7);
  }
  assert.equal(minutesUntil(now - 5, now), 1);
});

test('what went wrong with a channel is told until something has arrived', () => {
  const channel = { id: 'c', name: 'Mail', kind: 'email', waiting: 0, lastError: 'refused', lastErrorAt: 5 };
  assert.equal(troubleOf(channel), 'refused');
  assert.equal(troubleOf({ ...channel, lastDelivered: 6 }), undefined);
  assert.equal(troubleOf({ ...channel, lastError: null }), undefined);
});
