import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endOf, parseHours } from '../../dist/alert/policy/hours.js';
import { patternOf } from '../../dist/alert/policy/pattern.js';
import { instantOf, wallOf } from '../../dist/alert/policy/wall.js';
import { finding, policyOf } from '../support/alert-trial.ts';

const berlin = 'Europe/Berlin';
const utc = (text: string): number => Date.parse(`${text}Z`);
const shown = (time: number | undefined): string =>
  time === undefined ? 'none' : new Date(time).toISOString().slice(0, 16);
const hour = 3_600_000;

describe('the clock on the wall', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00Z`) / 86_400_000;

  test('shows what it shows there, and is found again', () => {
    for (const zone of [berlin, 'America/New_York', 'Asia/Seoul', 'Australia/Lord_Howe', 'UTC']) {
      for (let time = utc('2026-01-01T00:00'); time < utc('2027-01-01T00:00'); time += 5 * hour + 7 * 60_000) {
        const found = instantOf(wallOf(time, zone), zone);
        // an hour that comes twice is taken for the first
        assert.ok(found === time || time - found === hour || time - found === hour / 2, `${zone} ${shown(time)}`);
        assert.deepEqual(wallOf(found, zone), wallOf(time, zone));
      }
    }
  });

  test('a time that is skipped is as long after the leap; one that comes twice is the first', () => {
    const leap = { day: day('2026-03-29'), minute: 150 };
    assert.equal(shown(instantOf(leap, berlin)), '2026-03-29T01:30');
    const twice = { day: day('2026-10-25'), minute: 150 };
    assert.equal(shown(instantOf(twice, berlin)), '2026-10-25T00:30');
  });
});

describe('quiet hours', () => {
  const quiet = parseHours('mon-fri 22:00-07:00, sat-sun 23:00-09:00');
  const until = (text: string): string => shown(endOf(quiet, utc(text), berlin));

  test('go over midnight, by the day on which they begin', () => {
    assert.equal(until('2026-01-05T20:59'), 'none');
    assert.equal(until('2026-01-05T21:00'), '2026-01-06T06:00');
    assert.equal(until('2026-01-06T05:59'), '2026-01-06T06:00');
    assert.equal(until('2026-01-06T06:00'), 'none');
    // of Friday until seven, of Saturday until nine
    assert.equal(until('2026-01-10T06:30'), 'none');
    assert.equal(until('2026-01-11T07:30'), '2026-01-11T08:00');
  });

  test('end by the clock on the wall, also when it leaps: the night is an hour shorter, or longer', () => {
    const night = parseHours('22:00-07:00');
    assert.equal(shown(endOf(night, utc('2026-03-28T21:00'), berlin)), '2026-03-29T05:00');
    assert.equal(shown(endOf(night, utc('2026-10-24T20:00'), berlin)), '2026-10-25T06:00');
    assert.equal((utc('2026-03-29T05:00') - utc('2026-03-28T21:00')) / hour, 8);
    assert.equal((utc('2026-10-25T06:00') - utc('2026-10-24T20:00')) / hour, 10);
  });

  test('that begin or end within the leap', () => {
    const early = parseHours('02:15-02:45');
    // half past two does not come that day: the gap is passed on the other side
    assert.equal(shown(endOf(early, utc('2026-03-29T01:20'), berlin)), '2026-03-29T01:45');
    assert.equal(shown(endOf(early, utc('2026-10-25T00:20'), berlin)), '2026-10-25T00:45');
    // the second time
    assert.equal(shown(endOf(early, utc('2026-10-25T01:20'), berlin)), 'none');
  });

  test('that touch are one', () => {
    const day = parseHours('08:00-12:00, 12:00-18:00');
    assert.equal(shown(endOf(day, utc('2026-01-05T09:00'), 'UTC')), '2026-01-05T18:00');
  });

  test('all day, every day, end some day', () => {
    const end = endOf(parseHours('00:00-24:00'), utc('2026-01-05T09:00'), 'UTC') ?? 0;
    assert.ok(end > utc('2026-01-12T00:00'));
  });

  test('what is none is refused with its words', () => {
    for (const text of ['22-7', 'mon 25:00-07:00', 'som 22:00-07:00', '22:00-07:60', 'mon-tue-fri 1:00-2:00'])
      assert.throws(() => parseHours(text), { code: 'alert-hours' }, text);
  });
});

describe('who is on call', () => {
  const policy = policyOf({
    timeZone: berlin,
    duties: [
      { name: 'night', people: 'carl', rotation: 'none', hours: '22:00-06:00' },
      { name: 'night', people: 'anna, ben', rotation: 'week', handover: '08:00', start: '2026-03-23' },
      { name: 'daily', people: 'anna, ben, carl', rotation: 'day', handover: '08:00', start: '2026-03-23' },
    ],
  });
  const who = (name: string, text: string): string => (policy.onCall(utc(text))[name] ?? []).join();

  test('changes at the handover by the clock on the wall, in the week of the leap too', () => {
    assert.equal(who('night', '2026-03-23T06:59'), 'ben');
    assert.equal(who('night', '2026-03-23T07:00'), 'anna');
    // summer time has begun: eight is six UTC
    assert.equal(who('night', '2026-03-30T05:59'), 'anna');
    assert.equal(who('night', '2026-03-30T06:00'), 'ben');
    assert.deepEqual(
      ['2026-03-28T08:00', '2026-03-29T08:00', '2026-03-30T08:00'].map((at) => who('daily', at)),
      ['carl', 'anna', 'ben'],
    );
  });

  test('the first schedule that has somebody counts', () => {
    assert.equal(who('night', '2026-03-23T23:00'), 'carl');
  });

  test('a step names people and schedules; where nobody is on call the channel serves all', () => {
    const at = utc('2026-03-23T08:00');
    assert.deepEqual(policy.peopleOf(['daily', 'dora'], at), ['anna', 'dora']);
    const none = policyOf({ duties: [{ name: 'night', people: 'carl', rotation: 'none', hours: '22:00-06:00' }] });
    assert.deepEqual(none.peopleOf(['night'], at), ['']);
  });
});

describe('routes', () => {
  const policy = policyOf({
    steps: [
      { chain: 'all', channel: 'push' },
      { chain: 'urgent', channel: 'voice' },
    ],
    routes: [
      { severity: 'critical', chain: 'urgent' },
      { zone: 'lab*', hours: '08:00-18:00', chain: '-' },
      { source: 'gate/*, door', chain: 'urgent' },
    ],
    zones: [{ zone: 'lab 1', source: 'lab/*' }],
  });
  const at = (text: string, of: object) =>
    policy.chainOf({ kind: 'x', source: 'y', zone: '', severity: 'warning', ...of }, utc(text));

  test('go by severity, zone, time and source: the first that fits', () => {
    const noon = '2026-01-05T12:00';
    assert.equal(at(noon, { severity: 'critical', zone: 'lab 1' }), 'urgent');
    assert.equal(at(noon, { zone: policy.zoneOf('lab/pump') }), undefined);
    assert.equal(at('2026-01-05T19:00', { zone: 'lab 1' }), 'all');
    assert.equal(at(noon, { source: 'gate/north' }), 'urgent');
    assert.equal(at(noon, { source: 'garden' }), 'all');
  });

  test('to a chain that has no step are refused', () => {
    assert.throws(() => policyOf({ routes: [{ chain: 'nowhere' }] }), { code: 'alert-chain' });
  });
});

test('patterns know the star, and nothing else is special', () => {
  assert.ok(patternOf('plant/*')('plant/hall/pump'));
  assert.equal(patternOf('a.c')('abc'), false);
  assert.ok(patternOf('')('anything'));
  assert.ok(patternOf('x, off*')('offline'));
});

describe('templates', () => {
  test('that cannot be used are told, and the usual ones stand in', () => {
    const policy = policyOf({ key: '{kin}', title: 'open {', text: '{reason}', group: '{zone' });
    assert.deepEqual(
      policy.problems.map(({ code }) => code),
      ['alert-template', 'alert-template', 'alert-template'],
    );
    assert.match(policy.problems[0]?.message ?? '', /\{kin\}/);
    assert.deepEqual(policy.keysOf(finding(), ''), { key: 'loitering/door/', alert: 'loitering/door/' });
    assert.ok(policy.text && !policy.title);
  });

  test('that make no key refuse the finding', () => {
    assert.throws(() => policyOf({ key: '{zone}' }).keysOf(finding(), ''), { code: 'alert-no-key' });
  });
});

test('settings that cannot be used are refused', () => {
  assert.throws(() => policyOf({ timeZone: 'Mars/Olympus' }), { code: 'alert-time-zone' });
  assert.throws(() => policyOf({ duties: [{ name: 'night', people: ' , ' }] }), { code: 'alert-duty' });
  assert.throws(() => policyOf({ duties: [{ name: 'night', people: 'a', handover: '8' }] }), { code: 'alert-duty' });
  assert.throws(() => policyOf({ duties: [{ name: 'night', people: 'a', start: '2026-02-40' }] }), {
    code: 'alert-duty',
  });
});
