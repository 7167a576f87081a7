import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { PerceptError } from '../../dist/kit/errors.js';
import { configReader, messageReader } from '../../dist/kit/schema.js';
import { AnomalyControl } from '../../dist/sound/anomaly/settings.js';

function saidOf(act: () => unknown): { text: string; ko: string } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof PerceptError) return { text: thrown.message, ko: thrown.localized('ko') };
    throw thrown;
  }
  throw new Error('It was taken.');
}

test('of a control with several words all of them are told, and what was found', () => {
  const { text, ko } = saidOf(() => messageReader(AnomalyControl)({ learn: 'strt' }));
  const may = 'true | false | "start" | "finish" | "cancel"';
  assert.ok(text.startsWith(`msg.learn does not fit: it may be ${may}; found: "strt".`), text);
  assert.ok(ko.includes(`가능한 값: ${may}. 받은 값: "strt".`), ko);
});

test('the innermost value is named, with its limits; what is missing by its own name', () => {
  const read = messageReader(
    Type.Object({
      test: Type.Union([Type.Boolean(), Type.Object({ channel: Type.String({ minLength: 1, maxLength: 80 }) })]),
      ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))),
      load: Type.Optional(Type.Union([Type.Number({ minimum: 0, exclusiveMaximum: 2 }), Type.Null()])),
    }),
  );
  const cases: [unknown, string][] = [
    [{ test: {} }, 'msg.test.channel does not fit: it may be string (length >= 1, length <= 80); found: undefined.'],
    [{ test: 7 }, 'msg.test does not fit: it may be true | false | { channel }; found: 7.'],
    [{}, 'msg.test does not fit: it may be true | false | { channel }; found: undefined.'],
    [{ test: true, ids: [3, 0] }, 'msg.ids.1 does not fit: it may be integer (>= 1); found: 0.'],
    [{ test: true, ids: 'all' }, 'msg.ids does not fit: it may be (integer (>= 1))[]; found: "all".'],
    [{ test: true, load: 2 }, 'msg.load does not fit: it may be number (>= 0, < 2) | null; found: 2.'],
    [{ test: true, load: Number.NaN }, 'msg.load does not fit: it may be number (>= 0, < 2) | null; found: NaN.'],
  ];
  for (const [given, said] of cases) {
    const { text } = saidOf(() => read(given));
    assert.ok(text.startsWith(said), text);
  }
});

test('of several kinds of object the one that is not known is told with all that there are', () => {
  const read = messageReader(
    Type.Object({
      output: Type.Union([
        Type.Object({ decoder: Type.Literal('classes'), labels: Type.Array(Type.String()) }),
        Type.Object({ decoder: Type.Literal('boxes') }),
      ]),
    }),
  );
  const { text } = saidOf(() => read({ output: { decoder: 'clases', labels: [] } }));
  assert.ok(text.includes('msg.output.decoder does not fit: it may be "classes" | "boxes"; found: "clases".'), text);
  const labels = saidOf(() => read({ output: { decoder: 'classes', labels: [{}] } })).text;
  assert.ok(labels.includes('msg.output.labels.0 does not fit: it may be string'), labels);
});

test('of an object is told what it holds; what has a usual value may be left out', () => {
  const read = messageReader(
    Type.Object({
      silence: Type.Object({
        by: Type.String({ default: '' }),
        kind: Type.String(),
        end: Type.Optional(Type.Number()),
      }),
    }),
  );
  const { text } = saidOf(() => read({ silence: 3 }));
  assert.ok(text.startsWith('msg.silence does not fit: it may be { by?, kind, end? }; found: 3.'), text);
});

test('a text of somebody’s own is not repeated', () => {
  const read = configReader(Type.Object({ url: Type.String({ maxLength: 10 }) }));
  const { text } = saidOf(() => read({ url: 'postgres://me:secret@host' }));
  assert.ok(!text.includes('secret'));
  assert.ok(text.includes('it may be string (length <= 10); found: string (length 25).'), text);
});
