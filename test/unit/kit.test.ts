import assert from 'node:assert/strict';
import test from 'node:test';
import { Type } from 'typebox';
import {
  configReader,
  defineErrors,
  NodeMetrics,
  PerceptError,
  redact,
  redactText,
  toPerceptError,
} from '../../dist/kit/index.js';

const error = defineErrors({
  'test-full': {
    'en-US': { status: 'disk full', text: 'The disk of {path} is full.', action: 'Free some space.' },
    ko: { status: '디스크 가득 참', text: '{path}의 디스크가 가득 찼습니다.', action: '공간을 확보하세요.' },
  },
});

test('an error says what was wrong and what to do, in both languages', () => {
  const full = error('test-full', { path: '/data' });
  assert.equal(full.message, 'The disk of /data is full. Free some space.');
  assert.equal(full.localized('ko'), '/data의 디스크가 가득 찼습니다. 공간을 확보하세요.');
  assert.equal(full.status('en-US'), 'disk full');
  assert.equal(full.code, 'test-full');
});

test('whatever is thrown becomes an error with a text', () => {
  assert.equal(toPerceptError(new Error('boom')).code, 'unexpected');
  assert.match(toPerceptError('boom').message, /boom/);
  const full = error('test-full', { path: '/' });
  assert.equal(toPerceptError(full), full);
});

test('passwords, tokens and signatures never survive redaction', () => {
  assert.equal(
    redactText('cannot reach postgres://app:hunter22@db:5432/p'),
    'cannot reach postgres://app:***@db:5432/p',
  );
  assert.equal(redactText('https://s3/x?X-Amz-Signature=abcdef&a=1'), 'https://s3/x?X-Amz-Signature=***&a=1');
  const link = `https://plant.example/percept/alert/${'aB3-_'.repeat(10)}`;
  assert.equal(redactText(`GET ${link} failed`), 'GET https://plant.example/percept/alert/*** failed');
  assert.equal(redactText('user said swordfish', ['swordfish']), 'user said ***');
  assert.deepEqual(redact({ password: 'a', nested: { apiKey: 'b', plain: 'c' }, list: ['mqtt://u:pw@h'] }), {
    password: '***',
    nested: { apiKey: '***', plain: 'c' },
    list: ['mqtt://u:***@h'],
  });
});

test('a buffer is logged as its length', () => assert.equal(redact(Buffer.alloc(70)), '<70 bytes>'));

test("settings arrive as the editor's texts and leave as their types", () => {
  const read = configReader(
    Type.Object({ count: Type.Integer({ default: 500 }), name: Type.String({ default: '' }), on: Type.Boolean() }),
  );
  assert.deepEqual(read({ count: '20', on: true, x: 1, y: 2 }), { count: 20, name: '', on: true });
  assert.deepEqual(read({ count: '', on: 'true' }), { count: 500, name: '', on: true });
});

test('a setting that does not fit is named', () => {
  const read = configReader(Type.Object({ count: Type.Integer({ minimum: 1 }) }));
  assert.throws(
    () => read({ count: 'many' }),
    (thrown) => thrown instanceof PerceptError && thrown.code === 'config-invalid' && /"count"/.test(thrown.message),
  );
  assert.throws(() => read({}), /"count"/);
});

test('a variable that is not set is named; any other text with a dollar is taken as it is', () => {
  const read = configReader(Type.Object({ password: Type.String() }));
  const named = (name: string) => `\${${name}}`;
  for (const password of ['$', 'pa$$word', '$HOME', named(''), named('1A'), `a${named('A')}`, named('A') + named('B')])
    assert.deepEqual(read({ password }), { password });
  assert.throws(
    () => read({ password: named('NOT_THERE') }),
    (thrown) => thrown instanceof PerceptError && thrown.code === 'config-variable' && /NOT_THERE/.test(thrown.message),
  );
});

test('latency quantiles are within a bucket of the truth, in constant memory', () => {
  const metrics = new NodeMetrics();
  for (let ms = 1; ms <= 1000; ms++) metrics.observe(ms);
  const p99 = metrics.quantile(0.99);
  assert.ok(p99 >= 990 && p99 <= 990 * 1.26, String(p99));
  assert.equal(metrics.snapshot().latency.count, 1000);
});
