import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Held, Journal, type JournalOptions } from '../../dist/alert/desk/journal.js';
import type { PerceptError } from '../../dist/kit/index.js';
import { finding } from '../support/alert-trial.ts';
import { until } from '../support/until.ts';

let dir: string;
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'percept-journal-'));
});
after(() => rmSync(dir, { recursive: true, force: true }));

function journalAt(name: string, more: Partial<JournalOptions> = {}) {
  const path = join(dir, 'percept', name);
  const problems: PerceptError[] = [];
  return { path, problems, journal: new Journal({ path, onProblem: (problem) => problems.push(problem), ...more }) };
}

const hold = (journal: Journal, source: string, zone?: string): Held => {
  const held = journal.hold({ type: 'finding', finding: finding({ source }), ...(zone ? { zone } : {}) });
  assert.ok(held);
  return held;
};
const sources = (all: readonly Held[]): string[] => all.map(({ request }) => request.finding.source);
const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

test('what the store takes at once is never written', async () => {
  const { path, journal } = journalAt('quick');
  for (let i = 0; i < 20; i++) journal.settle(hold(journal, `camera ${i}`));
  assert.equal(journal.hold({ type: 'acknowledge', which: { id: 1 }, by: '' }), undefined);
  await journal.keep();
  await journal.close();
  assert.equal(existsSync(path), false);
});

test('what the store does not take soon is on the disk by itself, and whoever comes next finds it in order', async () => {
  const { path, journal } = journalAt('slow', { patienceMs: 20 });
  hold(journal, 'a', 'yard');
  hold(journal, 'b');
  await until(() => sizeOf(path) > 0);
  journal.away = true;
  hold(journal, 'c');
  await journal.keep();
  // as after kill -9: nothing was closed
  const next = journalAt('slow').journal;
  const left = await next.load();
  assert.deepEqual(sources(left), ['a', 'b', 'c']);
  assert.deepEqual(left[0]?.request, { type: 'finding', finding: left[0]?.request.finding, zone: 'yard' });
  await journal.close();
  await next.close();
});

test('what was stored does not come again, and when all is stored the file is empty', async () => {
  const { path, journal } = journalAt('settled');
  journal.away = true;
  const all = ['a', 'b', 'c'].map((source) => hold(journal, source));
  await journal.keep();
  journal.settle(all[1]);
  await until(() => /done/.test(readFileSync(path, 'utf8')));
  const next = journalAt('settled').journal;
  const left = await next.load();
  assert.deepEqual(sources(left), ['a', 'c']);
  // one more, whose number must be none of theirs
  const more = hold(next, 'd');
  await next.keep();
  for (const held of [...left, more]) next.settle(held);
  await until(() => sizeOf(path) === 0);
  await next.close();
  assert.deepEqual(await journalAt('settled').journal.load(), []);
  await journal.close();
});

test('half a line at the end was promised to nobody; a damaged one in between is set aside and told', async () => {
  const { path, journal } = journalAt('torn');
  hold(journal, 'a');
  await journal.keep();
  await journal.close();
  appendFileSync(path, '{"n":2,"finding":{"ki');
  const torn = journalAt('torn');
  assert.deepEqual(sources(await torn.journal.load()), ['a']);
  assert.deepEqual(torn.problems, []);
  hold(torn.journal, 'b');
  await torn.journal.keep();
  await torn.journal.close();
  appendFileSync(path, 'what is this\n');
  const damaged = journalAt('torn');
  assert.deepEqual(sources(await damaged.journal.load()), ['a', 'b']);
  assert.deepEqual(
    damaged.problems.map(({ code }) => code),
    ['alert-journal-damaged'],
  );
  assert.match(readFileSync(`${path}.damaged`, 'utf8'), /what is this/);
});

test('a disk that does not take it, or a full file, is told once with what to do', async () => {
  const blocked = journalAt('blocked');
  mkdirSync(blocked.path, { recursive: true });
  const full = journalAt('full', { mostBytes: 500 });
  for (const { journal, problems } of [blocked, full]) {
    journal.away = true;
    for (let i = 0; i < 5; i++) {
      hold(journal, `camera ${i}`);
      await journal.keep();
    }
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['alert-journal'],
    );
    assert.match(problems[0]?.message ?? '', /in memory alone.*a crash now loses them/);
    await journal.close();
  }
});
