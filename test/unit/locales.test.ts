import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { languages } from '../../dist/kit/index.js';
import { catalog, keysOf, nodeSets } from '../support/package.ts';

const sets = nodeSets();

test('every node has its texts in every language, under the same keys', () => {
  for (const set of sets) {
    const [first, ...others] = languages.map((lang) => keysOf(catalog(set, lang)).sort((a, b) => a.localeCompare(b)));
    for (const other of others) assert.deepEqual(other, first, set.name);
  }
});

test('every key that an editor page or a node uses has a text', () => {
  for (const set of sets) {
    const known = new Set(keysOf(catalog(set, 'en-US')));
    for (const key of usedKeys(set)) assert.ok(known.has(key), `${set.name}: no text for "${key}"`);
  }
});

test('every status fits: under twenty characters in every language', () => {
  for (const set of sets) {
    for (const lang of languages) {
      const texts = catalog(set, lang)[set.name] as { status?: Record<string, string> };
      for (const [key, text] of Object.entries(texts.status ?? {})) {
        const plain = text.replace(/__\w+?__/g, '999');
        assert.ok([...plain].length < 20, `${set.name}.status.${key} (${lang}): "${text}"`);
      }
    }
  }
});

test('every node has its help in every language, with the same headings and properties', () => {
  for (const set of sets) {
    const shapes = languages.map((lang) => {
      const help = readFileSync(join(set.folder, 'locales', lang, `${set.name}.html`), 'utf8');
      for (const { type } of set.types)
        assert.match(help, new RegExp(`data-help-name="${type}"`), `${set.name} (${lang})`);
      return { headings: help.match(/<h3>/g)?.length ?? 0, properties: help.match(/<dt/g)?.length ?? 0 };
    });
    for (const shape of shapes) assert.deepEqual(shape, shapes[0], set.name);
  }
});

test('no text was left in English by mistake', () => {
  for (const set of sets) {
    const [en = {}, ko] = languages.map((lang) => flat(catalog(set, lang)));
    const same = Object.keys(en).filter(
      (key) => isSentence(en[key] ?? '') && en[key] === ko?.[key] && !/paletteLabel$|\.placeholder\./.test(key),
    );
    assert.deepEqual(same, [], set.name);
  }
});

/** Two words at least; numbers with units and names of products are the same everywhere. */
function isSentence(text: string): boolean {
  return (text.replace(/__\w+?__/g, '').match(/\b[a-z]{3,}\b/g) ?? []).length >= 2;
}

function usedKeys(set: { name: string; folder: string; html: string }): string[] {
  const code = globSync('*.ts', { cwd: set.folder }).map((file) => readFileSync(join(set.folder, file), 'utf8'));
  const own = new RegExp(`['"\`](?:\\[\\w+\\])?(${set.name}\\.[\\w.-]*\\w)['"\`]`, 'g');
  const attributes = [...set.html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, keys = '']) => keys.split(';'));
  const quoted = [set.html, ...code].flatMap((text) => [...text.matchAll(own)].map(([, key = '']) => key));
  return [...attributes.map((key) => key.replace(/^\[\w+\]/, '')), ...quoted].filter((key) =>
    key.startsWith(`${set.name}.`),
  );
}

function flat(value: unknown, prefix = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [prefix]: String(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, item]) => flat(item, prefix ? `${prefix}.${key}` : key)),
  );
}
