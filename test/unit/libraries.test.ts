import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../support/node-red.ts';

test('what takes a thousand small files is required from the few that the build has made of them, with its licences', () => {
  const files = globSync('dist/**/*.js', { cwd: root, exclude: ['dist/libraries/**'] });
  const required = files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    return [...source.matchAll(/require\("((?:\.|typebox|kysely)[^"]*)"\)/g)].map(([, name = '']) => ({ file, name }));
  });
  assert.deepEqual(
    required.filter(({ name }) => !name.startsWith('.')),
    [],
  );
  const gathered = required.filter(({ name }) => name.includes('/libraries/'));
  assert.ok(gathered.length > 50);
  for (const { file, name } of gathered) assert.ok(createRequire(join(root, file)).resolve(name));
  const licences = readFileSync(join(root, 'dist/libraries/LICENSES.txt'), 'utf8');
  for (const line of [/^typebox \d/m, /^kysely \d/m, /Permission is hereby granted/]) assert.match(licences, line);
});
