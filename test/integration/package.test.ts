import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { inMemory } from '../support/memory.ts';
import { type FlowNode, NodeRed, root } from '../support/node-red.ts';
import { manifest, shippedFlows } from '../support/package.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(inMemory(), 'percept-pack-'));
const userDir = join(folder, 'user');

before(async () => {
  const both = ['--workspace', 'nodes/dashboard', '--include-workspace-root'];
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...both], { cwd: root });
  mkdirSync(userDir);
  writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'user', private: true }));
  await run(
    'npm',
    [
      ...[
        'install',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        '--omit=optional',
        '--omit=peer',
      ],
      ...globSync('*.tgz', { cwd: folder }).map((file) => join(folder, file)),
    ],
    { cwd: userDir },
  );
  // other people's, with hundreds of packages: as they were installed here
  for (const name of ['@flowfuse/node-red-dashboard', ...Object.keys(manifest().optionalDependencies ?? {})]) {
    const path = join(userDir, 'node_modules', name);
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), path, 'dir');
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the tarball holds what is needed and nothing else', () => {
  const packed = globSync('**/*', {
    cwd: join(userDir, 'node_modules/@percept/node-red-percept'),
    exclude: (name) => name === 'node_modules',
  });
  for (const file of Object.values(manifest()['node-red'].nodes)) {
    assert.ok(packed.includes(file), file);
    assert.ok(packed.includes(file.replace('.js', '.html')), `${file}: no html beside it`);
  }
  const others = ['README.md', 'LICENSE', 'CHANGELOG.md', 'flows/shared.json', 'dist/cli/percept.js'];
  for (const file of [...others, 'dist/libraries/LICENSES.txt']) assert.ok(packed.includes(file), file);
  assert.deepEqual(
    packed.filter((file) => /^(test|scripts|nodes|\.)|\.tgz$/.test(file)),
    [],
  );
});

/** Imported one after the other: each is started and stopped again, with every node of ours known and without a word of complaint. */
async function trial(nodeRedFolder: string): Promise<void> {
  const nodeRed = await NodeRed.start({
    flow: [],
    userDir,
    linkPercept: false,
    nodeRed: join(root, 'node_modules', nodeRedFolder),
    env: { PERCEPT_REPLAY_FILE: '' },
  });
  try {
    for (const [file, flow] of shippedFlows()) {
      const from = nodeRed.log.length;
      await nodeRed.deploy(offline(flow));
      await nodeRed.deploy([]);
      assertQuiet(nodeRed.log.slice(from), file);
    }
  } finally {
    await nodeRed.stop();
  }
  assertQuiet(nodeRed.log, 'all of them');
}

function assertQuiet(log: string, file: string): void {
  assert.doesNotMatch(log, /missing types|Waiting for missing|not loaded/i, `${file}:\n${log}`);
  assert.doesNotMatch(log, /percept[^\n]*(MODULE_NOT_FOUND|Cannot find|SyntaxError|TypeError)/i, `${file}:\n${log}`);
  assert.doesNotMatch(log, /Stopped nodes? timed out|had not let go|Uncaught|unhandled/i, `${file}:\n${log}`);
  assert.deepEqual(complaints(log), [], `${file}:\n${log}`);
}

/** Nothing listens where the flows would connect to, whatever else runs here: that is the only thing that may be said. */
function offline(flow: readonly FlowNode[]): FlowNode[] {
  return flow.map((node) => (node.type === 'percept-broker' ? { ...node, port: '9' } : node));
}

function complaints(log: string): string[] {
  const ours = /\[(warn|error)\] \[(ui-)?percept-/;
  return log
    .split('\n')
    .filter((line) => ours.test(line) && !/ECONNREFUSED|cannot be reached|127\.0\.0\.1:9/.test(line));
}

for (const [name, nodeRedFolder] of [
  ['5', 'node-red'],
  ['4.1', 'node-red-4'],
] as const) {
  test(`every example and flow is imported, started and stopped in Node-RED ${name}`, {
    timeout: 170_000,
  }, async () => {
    await trial(nodeRedFolder);
  });
}
