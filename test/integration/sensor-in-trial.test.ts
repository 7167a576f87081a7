import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchChromium } from '../support/browser.ts';
import { needs } from '../support/needs.ts';
import { NodeRed } from '../support/node-red.ts';
import { count, ids, sensorFlow } from '../support/sensor-flow.ts';
import { until } from '../support/until.ts';

let nodeRed: NodeRed;
before(async () => {
  nodeRed = await NodeRed.start({ flow: sensorFlow({ sensor: { x: 400, y: 100 } }) });
  await until(() => nodeRed.status(ids.sensor)?.text === 'ready', { what: 'the node to be ready' });
});
after(() => nodeRed.stop());

const settings = { topic: 'site/+machine/+quantity', format: 'json', source: '{machine}', quantity: '', maxBytes: '0' };

async function tried(body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${nodeRed.url}/percept/sensor-in/try`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ settings, topic: 'site/pump/climate', ...body }),
  });
  return (await response.json()) as Record<string, unknown>;
}

test('a pasted message is shown as the readings it would become, and nothing is stored', async () => {
  const answer = await tried({ payload: '{"temperature": 21.5, "humidity": 40, "time": "2026-01-05T12:00:00Z"}' });
  const reading = { source: 'pump', unit: '', time: Date.UTC(2026, 0, 5, 12), sequence: 0, clock: 'ok' };
  assert.partialDeepStrictEqual(answer, {
    count: 2,
    readings: [
      { ...reading, quantity: 'climate.temperature', value: 21.5 },
      { ...reading, quantity: 'climate.humidity', value: 40 },
    ],
    recordings: [],
  });
  await until(() => count(nodeRed, 'source') === 0, { what: 'the tables to be there' });
  assert.equal(count(nodeRed, 'reading') + count(nodeRed, 'dead_letter'), 0);
});

test('a message that would be rejected is told with its reason, and so are settings that do not work', async () => {
  for (const [body, code] of [
    [{ payload: '{"temperature": 21.5' }, 'decode-json'],
    [{ payload: '1', topic: 'elsewhere' }, 'decode-topic'],
    [{ payload: '1', settings: { ...settings, maxReadings: 'many' } }, 'config-invalid'],
    [{ payload: '1', settings: { ...settings, source: `\${HOME}` } }, 'trial-variable'],
    [{ payload: 5, encoding: 'utf7' }, 'message-invalid'],
  ] as const) {
    const { rejected } = (await tried(body)) as { rejected: { code: string; reason: string } };
    assert.equal(rejected.code, code);
    assert.match(rejected.reason, /\. \S+/);
  }
});

test('bytes can be pasted as Base64', async () => {
  const jpeg = Buffer.from([1, 2, 3]).toString('base64');
  const answer = await tried({
    payload: jpeg,
    encoding: 'base64',
    settings: { ...settings, format: 'binary', anyBinary: true },
  });
  assert.partialDeepStrictEqual(answer, { recordings: [{ source: 'pump', bytes: 3 }] });
});

test('only who may read flows may try', async () => {
  const locked = await NodeRed.start({
    flow: sensorFlow({}),
    settings: `adminAuth: { type: 'credentials', users: [] },`,
  });
  try {
    const response = await fetch(`${locked.url}/percept/sensor-in/try`, { method: 'POST' });
    assert.equal(response.status, 401);
  } finally {
    await locked.stop();
  }
});

describe('in the editor', { skip: needs('chromium') }, () => {
  test('the form answers before anything is deployed, and takes no markup from a message', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
      await page.goto(nodeRed.url);
      await page.locator(`[id="${ids.sensor}"]`).dblclick();
      await page.locator('#percept-try-topic').fill('site/<b>pump/climate');
      await page.locator('#percept-try-payload').fill('{"temperature": 21.5, "time": "2026-01-05T12:00:00Z"}');
      await page.locator('#node-input-source').fill('{machine}');
      await page.locator('#percept-try').click();
      const answer = page.locator('#percept-try-answer');
      await answer.getByText('Readings: 1.').waitFor();
      assert.match(
        (await answer.locator('td').allTextContents()).join('|'),
        /<b>pump\|climate\.temperature\|21\.5 \|2026-/,
      );
      await page.locator('#percept-try-payload').fill('{"temperature"');
      await page.locator('#percept-try').click();
      await answer.getByText('It would be rejected').waitFor();
    } finally {
      await browser.close();
    }
  });
});
