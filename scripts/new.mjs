// npm run new -- area/node: the folder of a node with editor, locales, help, example and a failing test.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = process.env.PERCEPT_NEW_ROOT ?? join(import.meta.dirname, '..');
const [area, node] = (process.argv[2] ?? '').split('/');
if (!/^[a-z][a-z0-9-]*$/.test(area ?? '') || !/^[a-z][a-z0-9-]*$/.test(node ?? '')) {
  console.error('Usage: npm run new -- area/node      for instance: npm run new -- sound/spectrogram');
  process.exit(2);
}
const folder = join(root, 'nodes', area, node);
if (existsSync(folder)) {
  console.error(`nodes/${area}/${node} is there already.`);
  process.exit(1);
}
const type = `percept-${node}`;
const title = node.replaceAll('-', ' ');
const id = () => randomBytes(8).toString('hex');

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

write(
  join(folder, `${node}.ts`),
  `import { Type } from 'typebox';
import { defineNode } from '../../kit/index.js';

export default defineNode({
  type: '${type}',
  config: Type.Object({ name: Type.String({ default: '' }) }),
  start: (context) => {
    context.status('ok', '${node}.status.ready');
    return {
      input: async ({ msg }) => [msg],
    };
  },
});
`,
);
write(
  join(folder, `${node}.html`),
  `<script type="text/javascript">
  RED.nodes.registerType('${type}', {
    category: 'percept',
    color: '#A9D6C8',
    defaults: { name: { value: '' }, version: { value: 1 } },
    inputs: 1,
    outputs: 1,
    icon: 'font-awesome/fa-eye',
    label: function () {
      return this.name || this._('${node}.paletteLabel');
    },
    paletteLabel: function () {
      return this._('${node}.paletteLabel');
    },
    labelStyle: function () {
      return this.name ? 'node_label_italic' : '';
    },
  });
</script>

<script type="text/html" data-template-name="${type}">
  <div class="form-row">
    <label for="node-input-name"><i class="fa fa-tag"></i> <span data-i18n="${node}.label.name"></span></label>
    <input type="text" id="node-input-name" />
  </div>
</script>
`,
);
const catalogs = {
  'en-US': { paletteLabel: title, label: { name: 'Name' }, status: { ready: 'ready' } },
  ko: { paletteLabel: title, label: { name: '이름' }, status: { ready: '준비됨' } },
};
const helps = {
  'en-US': ['What it does, in one sentence.', 'Inputs', 'Outputs', 'Details', 'what it takes', 'what it gives'],
  ko: ['이 노드가 하는 일을 한 문장으로 적습니다.', '입력', '출력', '자세히', '받는 값', '내보내는 값'],
};
for (const lang of Object.keys(catalogs)) {
  const [about, inputs, outputs, details, takes, gives] = helps[lang];
  write(join(folder, 'locales', lang, `${node}.json`), json({ [node]: catalogs[lang] }));
  write(
    join(folder, 'locales', lang, `${node}.html`),
    `<script type="text/html" data-help-name="${type}">
  <p>${about}</p>
  <h3>${inputs}</h3>
  <dl class="message-properties">
    <dt>payload <span class="property-type">any</span></dt>
    <dd>${takes}</dd>
  </dl>
  <h3>${outputs}</h3>
  <dl class="message-properties">
    <dt>payload <span class="property-type">any</span></dt>
    <dd>${gives}</dd>
  </dl>
  <h3>${details}</h3>
  <p></p>
</script>
`,
  );
}
const tab = id();
const first = id();
write(
  join(root, 'examples', `${title} - first steps.json`),
  json([
    { id: tab, type: 'tab', label: `${title}: first steps` },
    { id: first, type, z: tab, name: '', version: 1, x: 300, y: 100, wires: [[]] },
    { id: id(), type: 'comment', z: tab, name: 'What to try here', info: '', x: 300, y: 60, wires: [] },
  ]),
);
write(
  join(root, 'test/unit', `${node}.test.ts`),
  `import assert from 'node:assert/strict';
import test from 'node:test';

test('${title} keeps its promise', () => {
  assert.fail('say here what ${title} promises');
});
`,
);
const manifest = join(root, 'package.json');
const pkg = JSON.parse(readFileSync(manifest, 'utf8'));
pkg['node-red'].nodes[node] = `dist/${area}/${node}/${node}.js`;
writeFileSync(manifest, json(pkg));
console.log(
  `nodes/${area}/${node} is made, with its line in package.json, an example, and test/unit/${node}.test.ts, which fails until you say what it promises.`,
);
