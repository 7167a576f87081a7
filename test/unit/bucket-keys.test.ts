import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkKey, contentKey, datedKey } from '../../dist/store/bucket/keys.js';

const time = Date.UTC(2026, 10, 20, 9, 5, 7, 42);

test('a dated key reads like a path: kind, source, day, time', () => {
  const key = datedKey({ kind: 'sound', source: 'plant/pump-1', time, ext: 'wav', tag: 3 });
  assert.equal(key, 'sound/plant/pump-1/2026/11/20/09-05-07.042-3.wav');
});

test('names in any script are kept', () => {
  const key = datedKey({ kind: 'frame', source: '1층/카메라', time, ext: 'jpg' });
  assert.equal(key, 'frame/1층/카메라/2026/11/20/09-05-07.042.jpg');
});

const hostile = [
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '.',
  '',
  '/',
  'a/../b',
  'C:\\windows',
  'a\0b',
  'a\nb',
  '.hidden/.tmp',
  'trailing.',
  'trailing ',
  'a b:c*d?"<>|',
  'x'.repeat(5000),
  '한'.repeat(200),
  'a/'.repeat(100),
  '\u202egpj.exe',
  '\ud800',
  'e\u0301',
  'n~12345678',
  'name.sha256',
];

test('any source name gives a key that every bucket takes', () => {
  for (const source of hostile) {
    const key = datedKey({ kind: 'frame', source, time, ext: 'jpg' });
    assert.equal(checkKey(key), key);
    assert.match(key, /^frame\/.+\/2026\/11\/20\/09-05-07\.042\.jpg$/);
  }
});

test('different sources never share a key', () => {
  const sources = [...hostile, 'a:b', 'a_b', 'a*b', 'a/b', 'a//b', 'plant/pump-1', 'x/y/z/1/2', 'x/y/z/1_2'];
  const keys = sources.map((source) => datedKey({ kind: 'frame', source, time, ext: 'jpg' }));
  assert.equal(new Set(keys).size, sources.length);
});

test('a content key is made of the checksum', () => {
  const sha256 = 'ab'.repeat(32);
  assert.equal(contentKey(sha256, 'jpg'), `sha256/ab/${sha256}.jpg`);
});
