import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severityWords, titlesOf, usualTitle } from '../../dist/alert/desk/titles.js';
import { kindWord, kindWords } from '../../dist/kit/words.js';
import { kinds } from '../../dist/sensor/outlier/contract.js';
import type { Alert } from '../../nodes/dashboard/ui/alerts/model.ts';
import { alertsTexts } from '../../nodes/dashboard/ui/alerts/texts.ts';
import { silenceWords, stepWords, titleWords } from '../../nodes/dashboard/ui/alerts/words.ts';
import { kindWords as onPages } from '../../nodes/dashboard/ui/shared/kinds.ts';
import { translator } from '../../nodes/dashboard/ui/shared/language.ts';
import { severityTexts } from '../../nodes/dashboard/ui/shared/severity.ts';

const korean = { language: 'ko', text: translator(alertsTexts, 'ko') } as const;
const card: Omit<Alert, 'title'> = {
  ...{ id: 1, policy: '', key: '', state: 'open', zone: '', count: 1, opened: 0, reasons: [], round: 1, step: 1 },
  ...{ severity: 'warning', kind: 'stuck', source: 'pump-1', deliveries: [] },
};
const matter = { severity: 'warning', kind: 'stuck', source: 'pump-1' } as const;

test('kinds and severities are called the same on every page and in every notice', () => {
  assert.deepEqual(onPages, kindWords);
  for (const lang of ['en-US', 'ko'] as const) {
    const { normal: _, ...pages } = severityTexts[lang];
    assert.deepEqual(severityWords[lang], pages);
  }
});

test('every kind of the outlier and of the ear has its word; one of somebody’s own flow is shown as it is', () => {
  for (const kind of [...kinds, 'anomaly', 'limit', 'microphone-silent', 'microphone-clipped', 'microphone-offset'])
    assert.match(kindWord(kind, 'ko'), /[가-힣]/, kind);
  for (const own of ['too hot', 'toString', '']) assert.equal(kindWord(own, 'ko'), own);
});

test('the usual title is said in the language of who reads it, one that somebody wrote is left alone', () => {
  const title = usualTitle(matter, 'en-US');
  assert.equal(title, 'Warning: stuck, pump-1');
  const both = { 'en-US': title, ko: '경고: 값 고정, pump-1' };
  assert.deepEqual(titlesOf(title, matter), both);
  assert.deepEqual(titlesOf(both.ko, matter), both);
  const alert = (own: string): Alert => ({ ...card, title: own });
  assert.equal(titleWords(alert(title), 'ko'), both.ko);
  assert.equal(titleWords(alert('Look after pump-1'), 'ko'), 'Look after pump-1');
  assert.deepEqual(titlesOf('Look after pump-1', matter), { 'en-US': 'Look after pump-1', ko: 'Look after pump-1' });
});

test('steps and silences name kinds in Korean, and patterns as they were written', () => {
  const step = { number: 1, time: 0, kind: 'opened', by: '', detail: { kind: 'stuck', source: 'pump-1' } };
  assert.equal(stepWords(step, korean), '시작: 값 고정, pump-1');
  const silence = { key: '', source: 'pump-*', zone: '' };
  assert.equal(silenceWords({ ...silence, kind: 'drift' }, korean), '드리프트 · pump-*');
  assert.equal(silenceWords({ ...silence, kind: 'dr*' }, korean), 'dr* · pump-*');
});
