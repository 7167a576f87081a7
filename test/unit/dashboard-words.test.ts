import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { withTheme } from '../../nodes/dashboard/ui/appearance/theme.ts';
import {
  axisLabels,
  decimalsFor,
  formatDuration,
  formatTime,
  formatUtc,
  formatValue,
} from '../../nodes/dashboard/ui/shared/format.ts';
import { languages, pickLanguage, translator } from '../../nodes/dashboard/ui/shared/language.ts';
import { lineFor, lineOf } from '../../nodes/dashboard/ui/shared/palette.ts';
import { Rate, sparkOf } from '../../nodes/dashboard/ui/shared/rate.ts';
import { clockWords, stateWords } from '../../nodes/dashboard/ui/sources/health.ts';
import { sourcesTexts } from '../../nodes/dashboard/ui/sources/texts.ts';
import { healthOf } from '../../nodes/dashboard/ui/tiles/health.ts';
import { tilesTexts } from '../../nodes/dashboard/ui/tiles/texts.ts';
import { root } from '../support/node-red.ts';
import { keysOf, manifest } from '../support/package.ts';

const folder = join(root, 'nodes/dashboard');
const widgets = Object.values(manifest(folder)['node-red'].nodes).map((file) => file.split('/')[1] ?? '');
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

test('every text that a page shows is there in every language, with the same places to fill in', async () => {
  for (const file of globSync('ui/*/texts.ts', { cwd: folder })) {
    const exported: Record<string, Record<string, Record<string, string>>> = await import(join(folder, file));
    for (const texts of Object.values(exported)) {
      const [en = {}, ...others] = languages.map((language) => texts[language]);
      const shape = (all: Record<string, string> = {}) =>
        Object.entries(all)
          .map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort()].flat().join(' '))
          .sort();
      for (const other of others) assert.deepEqual(shape(other), shape(en), file);
    }
  }
});

test('every widget has its editor texts and help in every language', () => {
  for (const widget of widgets) {
    const [en = [], ko = []] = languages.map((lang) =>
      keysOf(JSON.parse(read(widget, 'locales', lang, `${widget}.json`))).sort((a, b) => a.localeCompare(b)),
    );
    assert.deepEqual(ko, en, widget);
    for (const [, key = ''] of read(widget, `${widget}.html`).matchAll(/data-i18n="(?:\[\w+\])?([^":]+)"/g))
      assert.ok(en.includes(key), `${widget}: no text for ${key}`);
    const helps = languages.map((lang) => read(widget, 'locales', lang, `${widget}.html`));
    for (const help of helps) assert.match(help, new RegExp(`data-help-name="ui-percept-${widget}"`));
    const [first, ...rest] = helps.map((help) => [help.match(/<h3>/g)?.length, help.match(/<dt/g)?.length]);
    for (const other of rest) assert.deepEqual(other, first, widget);
  }
});

test('every widget is registered as a node and as a component under the same name', () => {
  const pkg = JSON.parse(read('package.json'));
  const types = Object.keys(pkg['node-red'].nodes);
  assert.deepEqual(Object.keys(pkg['node-red-dashboard-2'].widgets), types);
  for (const [type, { component }] of Object.entries<{ component: string }>(pkg['node-red-dashboard-2'].widgets)) {
    assert.match(read('ui/widgets.ts'), new RegExp(`'${type}': \\{ ${component} \\}`));
    const widget = type.replace('ui-percept-', '');
    assert.match(read(widget, `${widget}.html`), new RegExp(`registerType\\('${type}', \\{`));
  }
});

test("Node-RED's language goes before the browser's", () => {
  assert.equal(pickLanguage('', 'ko-KR'), 'ko');
  assert.equal(pickLanguage('en-US', 'ko-KR'), 'en-US');
  assert.equal(pickLanguage(undefined, 'fr'), 'en-US');
});

test('a column of numbers shares its decimals; what is no number is a dash', () => {
  assert.equal(decimalsFor(87), 1);
  assert.equal(decimalsFor(0.024), 4);
  assert.equal(formatValue(1234.5, 1, 'en-US'), '1,234.5');
  assert.equal(formatValue(Number.NaN, 1, 'en-US'), '–');
});

test('a length of time has one figure, in the words of the reader', () => {
  assert.equal(formatDuration(180_000, 'en-US'), '3 min');
  assert.equal(formatDuration(180_000, 'ko'), '3분');
});

test('times are local, with the day where it is not today; UTC is written out', () => {
  const now = new Date(2026, 10, 20, 12).getTime();
  assert.equal(formatTime(new Date(2026, 10, 20, 9, 5, 7).getTime(), 'en-US', now), '09:05:07');
  assert.match(formatTime(new Date(2026, 10, 19, 9, 5, 7).getTime(), 'en-US', now), /Nov 19/);
  assert.equal(formatUtc(Date.UTC(2026, 10, 20, 22, 41, 7)), '2026-11-20 22:41:07 UTC');
});

test('a time axis counts in hours, and names the day at midnight', () => {
  const midnight = new Date(2026, 10, 20).getTime();
  assert.deepEqual(axisLabels([midnight, midnight + 3_600_000], 3_600_000, 'en-US'), ['Nov 20', '01:00']);
});

test('a source keeps its colour when others come and go, and past eight colours lines are dashed', () => {
  const first = lineFor('colour-a', false);
  lineFor('colour-b', false);
  assert.deepEqual(lineFor('colour-a', false), first);
  assert.notDeepEqual(lineOf(8, false).dash, lineOf(0, false).dash);
});

test('the rate now is what the total grew by; a total that shrinks means another store', () => {
  const rate = new Rate();
  rate.add({ at: 0, total: 100 });
  assert.equal(rate.perSecond(), undefined);
  rate.add({ at: 10_000, total: 260 });
  assert.equal(rate.perSecond(), 16);
  rate.add({ at: 20_000, total: 5 });
  assert.equal(rate.perSecond(), undefined);
});

test('the line of the last hour leaves out the minute that runs and the one in which it began', () => {
  const spark = sparkOf([0, 0, 7, 60, 120, 60, 3]);
  assert.deepEqual([spark?.low, spark?.high], [1, 2]);
  assert.equal(sparkOf([0, 0, 0]), undefined);
});

test('the line of an hour in which nothing more came lies flat at zero', () => {
  const flat = { line: 'M0.0,22.5L100.0,22.5', area: 'M0.0,22.5L100.0,22.5L100,24L0,24Z', low: 0, high: 0 };
  assert.deepEqual(sparkOf([0, 7, 0, 0, 0]), flat);
  assert.equal(sparkOf([0, 7, 0, 0]), undefined);
});

test('the tile names the worst that is true of any source', () => {
  const text = translator(tilesTexts, 'en-US');
  const states = (silent: number, late: number, ok: number) =>
    healthOf({ kind: 'sources', total: silent + late + ok, counts: { silent, late, clock: 0, ok } }, text);
  assert.deepEqual(states(1, 4, 9), { level: 'critical', words: '1 silent' });
  assert.deepEqual(states(0, 0, 3), { level: 'normal', words: 'all sending' });
  assert.equal(states(0, 0, 0).words, 'none yet');
});

test('a page takes the theme that is wanted, if it has one of the two', () => {
  const themes = { light: 'l', dark: 'd' };
  assert.deepEqual(withTheme({ a: { theme: 'l' }, b: { theme: 'other' } }, themes, true), {
    a: { theme: 'd' },
    b: { theme: 'other' },
  });
  assert.equal(withTheme({ a: { theme: 'd' } }, themes, true), undefined);
});

test('a clock that is off is said with how far, by what its gateway measured or else by the newest reading', () => {
  const text = translator(sourcesTexts, 'en-US');
  const row = { source: 'a', state: 'clock', lastReceived: 0, lastTime: 0, age: 0, interval: 0, stored: 1 } as const;
  const words = (lag: number, clockOffset: number | null) => stateWords({ ...row, lag, clockOffset }, text, 'en-US');
  assert.equal(words(86_400_000, -120_000), 'Clock 2 min ahead');
  assert.equal(words(-3_600_000, null), 'Clock 1 hr ahead');
  assert.equal(words(5, 90_000), 'Clock 2 min behind');
  const measured = { ...row, state: 'ok', lag: 40, clockOffset: 30.2 } as const;
  assert.equal(stateWords(measured, text, 'en-US'), 'Normal');
  assert.equal(clockWords(measured, text, 'en-US'), 'Its clock is 30 ms behind ours, as its gateway has measured');
  assert.equal(clockWords({ ...measured, clockOffset: null }, text, 'en-US'), '');
});
