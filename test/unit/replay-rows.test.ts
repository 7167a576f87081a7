import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataFolder } from '../support/data.ts';
import { needs } from '../support/needs.ts';
import { bads, folderOf, itemsOf, messagesOf, playables, rowsAt } from '../support/recording.ts';

const t0 = Date.UTC(2026, 0, 1);

test('separator, header and time column of a CSV are found out', async (t) => {
  const folder = folderOf(t, {
    'pump.csv': 'datetime;Temp;Volume Flow\n2026-01-01 00:00:00;21,5;3\n2026-01-01 00:00:01;22;\n',
  });
  assert.deepEqual(messagesOf(await itemsOf(rowsAt(join(folder, 'pump.csv')))), [
    { topic: 'pump', payload: { time: t0, Temp: 21.5, 'Volume Flow': 3 } },
    { topic: 'pump', payload: { time: t0 + 1000, Temp: 22 } },
  ]);
});

test('a message per number has the topic of its column', async (t) => {
  const folder = folderOf(t, { 'a.csv': 'time,temp,state,flow/h\n2026-01-01T00:00:00Z,1,on,2\n' });
  const items = await itemsOf(rowsAt(join(folder, 'a.csv'), { split: true, prefix: 'site/', source: 'pump' }));
  assert.deepEqual(messagesOf(items), [
    { topic: 'site/pump/temp', payload: { time: t0, value: 1 } },
    { topic: 'site/pump/flow_h', payload: { time: t0, value: 2 } },
  ]);
});

test('columns can be left out', async (t) => {
  const folder = folderOf(t, { 'a.csv': 'time,temp,anomaly\n1767225600,1,0\n' });
  const items = await itemsOf(rowsAt(join(folder, 'a.csv'), { without: ['anomaly'] }));
  assert.deepEqual(messagesOf(items)[0]?.payload, { time: t0, temp: 1 });
});

test('a CSV without header or times is played too', async (t) => {
  const folder = folderOf(t, { 'a.csv': '1.5,2\n2.5,3\n' });
  const items = await itemsOf(rowsAt(join(folder, 'a.csv')));
  assert.deepEqual(
    playables(items).map((item) => [item.time, item.messages(7)[0]?.payload]),
    [
      [undefined, { time: 7, column1: 1.5, column2: 2 }],
      [undefined, { time: 7, column1: 2.5, column2: 3 }],
    ],
  );
});

test('a numeric column is not mistaken for a time, unless it is called so', async (t) => {
  const folder = folderOf(t, {
    'a.csv': 'counter,temp\n1767225600,1\n',
    'b.csv': 'timestamp,temp\n1767225600,1\n',
  });
  assert.equal(playables(await itemsOf(rowsAt(join(folder, 'a.csv'))))[0]?.time, undefined);
  assert.equal(playables(await itemsOf(rowsAt(join(folder, 'b.csv'))))[0]?.time, t0);
});

test('a time column that is named but missing is an error that lists what there is', async (t) => {
  const folder = folderOf(t, { 'a.csv': 'zeit,temp\n2026-01-01,1\n' });
  await assert.rejects(itemsOf(rowsAt(join(folder, 'a.csv'), { timeColumn: 'when' })), {
    code: 'replay-columns',
    message: /"when".*zeit, temp/,
  });
});

test('bad rows are reported with file and line, and the rest is played', async (t) => {
  const lines = [
    'time,temp',
    '2026-01-01T00:00:00Z,1',
    '2026-01-01T00:00:01Z,hot',
    '2026-01-01T00:00:02Z,2,3',
    'yesterday,4',
    '2026-01-01T00:00:03Z,NaN',
    '',
    '2026-01-01T00:00:04Z,5',
  ];
  const file = join(folderOf(t, { 'a.csv': lines.join('\n') }), 'a.csv');
  const items = await itemsOf(rowsAt(file));
  assert.deepEqual(
    bads(items).map(({ file: where, line }) => [where, line]),
    [
      [file, 3],
      [file, 4],
      [file, 5],
      [file, 6],
    ],
  );
  for (const [i, expected] of [
    /"temp" is not a number/,
    /3 cells instead of 2/,
    /time.*cannot be used/,
    /not a number/,
  ].entries()) {
    assert.match(bads(items)[i]?.problem ?? '', expected);
  }
  assert.deepEqual(
    messagesOf(items).map((m) => (m.payload as { temp: number }).temp),
    [1, 5],
  );
});

test('a quote that is not closed does not end the replay', async (t) => {
  const folder = folderOf(t, { 'a.csv': 'time,temp\n2026-01-01,1\n2026-01-02,"x\n2026-01-03,3\n2026-01-04,4\n' });
  const items = await itemsOf(rowsAt(join(folder, 'a.csv')));
  assert.deepEqual(
    bads(items).map(({ line }) => line),
    [3],
  );
  assert.deepEqual(
    messagesOf(items).map((m) => (m.payload as { temp: number }).temp),
    [1, 3, 4],
  );
});

test('a quoted cell may go over several lines, and hold separators', async (t) => {
  const folder = folderOf(t, { 'a.csv': 'time,note,temp\n2026-01-01,"a, ""b""\nc",1\n2026-01-02,d,2\n' });
  const items = await itemsOf(rowsAt(join(folder, 'a.csv')));
  assert.deepEqual(
    messagesOf(items).map((m) => m.payload),
    [
      { time: t0, note: 'a, "b"\nc', temp: 1 },
      { time: t0 + 86_400_000, note: 'd', temp: 2 },
    ],
  );
});

test('JSON Lines are played, with bad lines reported', async (t) => {
  const text = '\uFEFF{"ts":1767225600000,"temp":1}\r\n{broken\n[1]\n\n{"ts":1767225601000,"temp":2,"note":"x"}';
  const items = await itemsOf(rowsAt(join(folderOf(t, { 'a.jsonl': text }), 'a.jsonl')));
  assert.deepEqual(
    bads(items).map(({ line }) => line),
    [2, 3],
  );
  assert.deepEqual(
    messagesOf(items).map((m) => m.payload),
    [
      { time: t0, temp: 1 },
      { time: t0 + 1000, temp: 2, note: 'x' },
    ],
  );
});

test('a line without end does not fill the memory', async (t) => {
  const text = `${'x'.repeat(3_000_000)}\n{"temp":1}\n`;
  const items = await itemsOf(rowsAt(join(folderOf(t, { 'a.jsonl': text }), 'a.jsonl')));
  assert.match(bads(items)[0]?.problem ?? '', /too long/);
  assert.ok((bads(items)[0]?.text.length ?? 0) <= 200);
  assert.equal(playables(items).length, 1);
});

test('a folder is played file by file in the order a person would list them', async (t) => {
  const row = (n: number) => `time,v\n2026-01-01,${n}\n`;
  const folder = folderOf(t, { '10.csv': row(10), '2.csv': row(2), 'sub/1.csv': row(1), 'readme.md': '#' });
  assert.deepEqual(
    messagesOf(await itemsOf(rowsAt(folder))).map((m) => m.topic),
    ['2', '10', 'sub/1'],
  );
});

for (const [what, files, path] of [
  ['that is not there', {}, 'missing.csv'],
  ['without a fitting file', { 'a.md': '' }, '.'],
  ['that is empty', { 'a.csv': '' }, 'a.csv'],
] as const) {
  test(`a path ${what} is an error that names it`, async (t) => {
    await assert.rejects(itemsOf(rowsAt(join(folderOf(t, files), path))), { code: 'replay-path' });
  });
}

test('a long file is read no further than it is played', async (t) => {
  const text = `time,v\n${Array.from({ length: 40_000 }, (_, i) => `${1767225600 + i},${i}`).join('\n')}`;
  const file = join(folderOf(t, { 'a.csv': text }), 'a.csv');
  const spentOn = async (most: number): Promise<number> => {
    const began = process.cpuUsage();
    assert.equal((await itemsOf(rowsAt(file), most)).length, most);
    return process.cpuUsage(began).user;
  };
  assert.ok((await spentOn(10)) < (await spentOn(40_000)) / 3);
});

test('every published SKAB and NAB file plays without a bad row', { skip: needs('data') }, async () => {
  const folder = join(dataFolder() ?? '', 'sensors');
  const files = globSync('**/*.csv', { cwd: folder });
  assert.ok(files.length > 20);
  for (const file of files) {
    const items = await itemsOf(rowsAt(join(folder, file)));
    assert.deepEqual(bads(items), [], file);
    assert.ok(playables(items).length > 100, file);
    assert.ok(
      playables(items).every(({ time }) => (time ?? 0) > Date.UTC(2000, 0, 1)),
      file,
    );
  }
});
