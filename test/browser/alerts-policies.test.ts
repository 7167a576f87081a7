import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchChromium } from '../support/browser.ts';
import { dashboardPackages } from '../support/dashboard.ts';
import { needs } from '../support/needs.ts';
import { type FlowNode, NodeRed, root } from '../support/node-red.ts';

const read = (name: string): FlowNode[] => JSON.parse(readFileSync(join(root, `flows/${name}.json`), 'utf8'));
const longest = { timeout: 60_000 };

test('a machine and a door on one page: each alert is taken at the node that it belongs to', {
  skip: needs('chromium'),
}, async () => {
  // as shipped
  const all = ['shared', 'machines', 'alerts'].flatMap(read);
  const flow = [...new Map(all.map((node) => [node.id, node])).values()];
  const nodeRed = await NodeRed.start({ flow, packages: dashboardPackages, env: { PERCEPT_MQTT_PORT: '1' } });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ locale: 'en-GB' });
    await page.goto(`${nodeRed.url}/dashboard/alerts`);
    await page.getByText('All calm.').waitFor(longest);
    for (const node of flow.filter(({ type }) => type === 'percept-alert')) {
      const source = String(node['policy']);
      const finding = { kind: 'anomaly', source, severity: 'warning', since: Date.now(), reasons: ['It is so.'] };
      nodeRed.inject(node.id, { topic: 'x', finding });
      const card = page.getByRole('article', { name: source });
      await card.getByRole('button', { name: 'I take it' }).click(longest);
      await card.getByText('Taken', { exact: true }).waitFor(longest);
    }
  } finally {
    await browser.close();
    await nodeRed.stop();
  }
});
