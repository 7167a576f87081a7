import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisons, kinds, type SensorFinding } from '../../dist/sensor/outlier/contract.js';
import { reasonsOf } from '../../dist/sensor/outlier/reasons.js';

const finding: SensorFinding = {
  kind: 'outlier',
  channel: 'flow',
  others: [],
  score: 462.61,
  threshold: 3.68731,
  severity: 'critical',
  amount: 4.2,
  seen: 31.41592,
  expected: { low: -2, high: 12.5 },
  compared: 'level',
  since: 0,
};

test('a finding says which channel, what was seen, what would have been usual, and compared with what', () => {
  assert.deepEqual(reasonsOf(finding, { unit: '°C', lang: 'en-US' }), [
    'flow: 31.42 °C; −2 °C to 12.5 °C would have been usual.',
    'It has left its level, 462.6 times as far as it usually wanders.',
    'Score 462.6, threshold 3.687.',
  ]);
  assert.deepEqual(reasonsOf(finding, { unit: '°C', lang: 'ko' }), [
    'flow: 31.42 °C. 평소라면 −2 °C~12.5 °C입니다.',
    '평소 움직이는 폭의 462.6배만큼 원래 수준을 벗어났습니다.',
    '점수 462.6, 기준 3.687.',
  ]);
});

test('what stands out with it is one of its reasons', () => {
  const both = { ...finding, others: ['pressure', 'power'] };
  assert.equal(reasonsOf(both, { lang: 'en-US' })[2], 'With it, also unusual: pressure, power.');
  assert.equal(reasonsOf(both, { lang: 'ko' })[2], '함께 평소와 다른 채널: pressure, power.');
});

test('durations are said in units that a person would use', () => {
  const silent = { ...finding, kind: 'silent', channel: '', compared: 'pauses' } as const;
  const said = (seen: number): string | undefined =>
    reasonsOf({ ...silent, seen, expected: { low: 0, high: 90_000 } }, { lang: 'en-US' })[0];
  assert.equal(said(600_000), 'The source has been silent for 10 min; 90 s at most would have been usual.');
  assert.match(said(3 * 86_400_000) ?? '', /silent for 3 days/);
  assert.match(said(500) ?? '', /silent for 0.5 s/);
});

test('every kind and every comparison has its words in every language', () => {
  for (const kind of kinds) {
    for (const compared of comparisons) {
      const [en, ko] = (['en-US', 'ko'] as const).map((lang) =>
        reasonsOf({ ...finding, others: ['power'], kind, compared }, { lang }),
      );
      assert.equal(en?.length, ko?.length);
      for (const reason of [...(en ?? []), ...(ko ?? [])]) assert.doesNotMatch(reason, /\{\w+\}|undefined|NaN/);
      assert.match((ko ?? []).join(), /[가-힣]/);
    }
  }
});
