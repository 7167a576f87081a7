import assert from 'node:assert/strict';
import test from 'node:test';
import { Maintenance } from '../../dist/sensor/outlier/maintenance.js';
import { Rows, type SourceRow } from '../../dist/sensor/outlier/rows.js';
import { Trail } from '../../dist/sensor/outlier/trail.js';

const plain = (rows: readonly SourceRow[]) => rows.map(({ time, values }) => ({ time, ...Object.fromEntries(values) }));

test('the first instants settle what belongs to a row; all of them come then', () => {
  const rows = new Rows();
  const out: SourceRow[] = [];
  for (let time = 0; time < 31; time++)
    for (const quantity of ['b', 'a']) out.push(...rows.take({ time, quantity, value: time }));
  assert.deepEqual(rows.names, ['a', 'b']);
  assert.equal(out.length, 31);
  assert.deepEqual(plain(out.slice(-1)), [{ time: 30, a: 30, b: 30 }]);
  assert.ok(!rows.belongs('c'));
});

test('a row is complete when all of it is there, or when the next begins', () => {
  const rows = new Rows(['a', 'b']);
  assert.deepEqual(rows.take({ time: 1, quantity: 'a', value: 1 }), []);
  assert.deepEqual(plain(rows.take({ time: 1, quantity: 'b', value: 2 })), [{ time: 1, a: 1, b: 2 }]);
  assert.deepEqual(rows.take({ time: 2, quantity: 'b', value: 3 }), []);
  assert.deepEqual(plain(rows.take({ time: 3, quantity: 'a', value: 4 })), [{ time: 2, b: 3 }]);
  assert.deepEqual(rows.take({ time: 2, quantity: 'a', value: 9 }), []);
  assert.deepEqual(plain(rows.flush()), [{ time: 3, a: 4 }]);
});

test('maintenance: open, ended, of one source, in the past, and kept over a restart', () => {
  const one = new Maintenance();
  one.tell(true, 100);
  assert.ok(one.covers('a', 150) && one.open && !one.covers('a', 99));
  one.tell(false, 200);
  assert.ok(!one.covers('a', 200) && one.covers('a', 199) && !one.open);
  one.tell({ source: 'b', from: 500, to: 600 }, 1000);
  one.tell({ source: 'c' }, 1000);
  one.tell({ source: 'c', to: 1100 }, 1200);
  const two = new Maintenance();
  two.load(one.save());
  assert.ok(two.covers('b', 550) && !two.covers('a', 550));
  assert.ok(two.covers('c', 1050) && !two.covers('c', 1100));
});

test('a trail keeps a little, all of what lasts, and never more than a finding may hold', () => {
  const trail = new Trail();
  for (let time = 0; time < 1000; time++) trail.add(time, { low: 0, high: 1 });
  assert.ok(trail.points.length <= 120);
  trail.hold();
  const from = trail.points[0]?.time;
  for (let time = 1000; time < 5000; time++) trail.add(time, { low: 0, high: 1 });
  trail.add(5000, { low: Number.NEGATIVE_INFINITY, high: 1 });
  assert.ok(trail.points.length <= 240);
  assert.equal(trail.points[0]?.time, from);
  assert.ok((trail.points.at(-1)?.time ?? 0) > 4900);
});
