import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../support/node-red.ts';
import { exists, manifest, nodeSets, shippedFlows } from '../support/package.ts';

// The parts of the Node-RED scorecard (https://flows.nodered.org/add/node) that need no network, by their codes.
const pkg = manifest();

test('P01: the package names its licence, and the text is there', () => {
  assert.equal(pkg.license, 'Apache-2.0');
  assert.match(readFileSync(join(root, 'LICENSE'), 'utf8'), /Apache License/);
});

test('P03: the package links its repository', () => assert.ok(pkg.repository));

test('P04: the package has a scoped name', () => assert.match(pkg.name, /^@[\w-]+\/node-red-/));

test('P05: the package has the keyword node-red', () => assert.ok(pkg.keywords?.includes('node-red')));

test('P06: the package declares Node-RED 4.1 and newer', () => assert.equal(pkg['node-red'].version, '>=4.1.0'));

test('P07: the package declares its Node.js', () => assert.equal(pkg.engines?.['node'], '>=22.13.0'));

test('D01: at most six dependencies', () => assert.ok(Object.keys(pkg.dependencies ?? {}).length <= 6));

test('every node set has its html, and every type is registered with a literal name and an object in place', () => {
  for (const set of nodeSets()) {
    assert.ok(set.types.length > 0, `${set.name} registers nothing`);
    for (const { type, definition, defaults } of set.types) {
      assert.match(type, /^percept-/, `${type}: types carry our prefix, other palettes have a "feed" too`);
      assert.ok(defaults.includes('name') && defaults.includes('version'), `${type}: defaults need name and version`);
      if (definition['category'] === 'config') continue;
      assert.equal(definition['category'], 'percept', type);
      assert.match(String(definition['color']), /^#[0-9A-F]{6}$/i, type);
      assert.match(String(definition['icon']), /^(font-awesome\/fa-|[\w-]+\.svg)/, type);
      assert.equal(typeof definition['inputs'], 'number', `${type}: inputs must be a literal`);
      assert.equal(typeof definition['outputs'], 'number', `${type}: outputs must be a literal`);
    }
  }
});

test('N01: no two node sets share a type', () => {
  const types = nodeSets().flatMap((set) => set.types.map(({ type }) => type));
  assert.deepEqual(types, [...new Set(types)]);
});

test('N02: every node is in an example', () => {
  const used = new Set(
    [...shippedFlows()].flatMap(([file, nodes]) => (file.startsWith('examples/') ? nodes.map(({ type }) => type) : [])),
  );
  const types = nodeSets().flatMap((set) => set.types.filter(({ definition }) => definition['category'] !== 'config'));
  assert.deepEqual(
    types.map(({ type }) => type).filter((type) => !used.has(type)),
    [],
  );
});

test('every shipped flow is pretty-printed, and every wire ends at a node; what files have in common is the same', () => {
  const owners = new Map<string, { readonly file: string; readonly node: object }>();
  for (const [file, nodes] of shippedFlows()) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.equal(text, `${JSON.stringify(nodes, null, 2)}\n`, `${file}: not pretty-printed with two spaces`);
    const ids = new Set(nodes.map(({ id }) => id));
    for (const node of nodes) {
      const { id, wires } = node;
      assert.match(id, /^[0-9a-f]{16}$/, `${file}: ${id}`);
      const other = owners.get(id);
      // the systems share settings and pages, and each can be imported by itself; an example stands alone
      if (other) {
        assert.ok(file.startsWith('flows/'), `${id} is in ${other.file} and in ${file}`);
        assert.deepEqual(node, other.node, `${id} differs between ${other.file} and ${file}`);
      }
      owners.set(id, { file, node });
      for (const target of (wires as string[][] | undefined)?.flat() ?? [])
        assert.ok(ids.has(target), `${file}: ${id} -> ${target}`);
    }
  }
});

test('what is listed to be packed exists', () => {
  for (const entry of pkg.files ?? []) if (entry !== 'dist') assert.ok(exists(entry), entry);
});

test('flows wire, they do not program: no function node over ten lines, no ui-template', () => {
  for (const [file, nodes] of shippedFlows()) {
    for (const { id, type, func } of nodes) {
      assert.notEqual(type, 'ui-template', `${file}: ${id}`);
      if (type === 'function') assert.ok(String(func).split('\n').length <= 10, `${file}: ${id}`);
    }
  }
});
