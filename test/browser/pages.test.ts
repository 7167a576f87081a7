import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectAsync } from 'mqtt';
import type { Page } from 'playwright-core';
import { Demo } from '../support/demo.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
/** Where pictures of the pages go, if anywhere: `PERCEPT_SCREENSHOTS=docs node --test test/browser/pages.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const desk = { width: 1440, height: 1080 };
const phone = { width: 390, height: 844 };
const wall = { width: 2560, height: 1440 };

let demo: Demo;
let windows: Windows;
const complaints: string[] = [];

before(async () => {
  if (skip) return;
  [demo, windows] = await Promise.all([
    Demo.start([], { past: Number.POSITIVE_INFINITY }),
    Windows.launch({ locale: 'en-GB' }),
  ]);
  await demo.caughtUp();
});
after(async () => {
  await windows?.stop();
  await demo?.remove();
});

async function show(path: string, name: string, options: WindowOptions, check: (page: Page) => Promise<void>) {
  await windows.with(options, async (page) => {
    await demo.admit(page.context());
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${demo.url}/dashboard/${path}`);
    await check(page);
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.equal(width[0], width[1], `${name} scrolls sideways`);
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  });
}

async function overviewIsAlive(page: Page): Promise<void> {
  await page.locator('.p-tile dd').first().waitFor();
  await page.locator('.p-lane canvas').nth(2).waitFor();
  // the rate of the plant, once its backlog is in
  await page.waitForFunction(
    () => {
      const rate = Number(
        document
          .querySelector('.p-tile dd')
          ?.textContent?.replaceAll(',', '')
          .match(/[\d.]+/)?.[0],
      );
      return rate > 1 && rate < 100;
    },
    undefined,
    { polling: 250, timeout: 120_000 },
  );
  await page.locator('.p-sources .p-normal').nth(3).waitFor();
  await page.locator('.p-mark').first().waitFor({ timeout: 90_000 });
}

test('the overview shows the plant: figures, strips, a finding with its reason, sources', { skip }, async () => {
  await show('overview', 'overview-light', { viewport: desk }, async (page) => {
    await overviewIsAlive(page);
    const reason = page.locator('.p-findings', { hasText: /press-1 · temperature.*the limit is/s });
    // its time is somewhere in the quarter of an hour before the start, all of which is stored first
    await reason.first().waitFor({ timeout: 120_000 });
  });
});

test('the overview is dark where the device is', { skip }, async () => {
  await show('overview', 'overview-dark', { viewport: desk, colorScheme: 'dark' }, async (page) => {
    await page.waitForSelector('.percept.p-dark');
    await overviewIsAlive(page);
  });
});

test('the overview fits a phone', { skip }, async () => {
  await show('overview', 'overview-phone', { viewport: phone, deviceScaleFactor: 2 }, overviewIsAlive);
});

test('the overview fits a wall screen without scrolling', { skip }, async () => {
  await show('overview', 'overview-wall', { viewport: wall, colorScheme: 'dark' }, async (page) => {
    await overviewIsAlive(page);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height <= wall.height, `${height} px high`);
  });
});

test('a broken message becomes a dead letter; driven again, the page tells that it is still refused', {
  skip,
}, async () => {
  const client = await connectAsync(demo.mqttUrl);
  await client.publishAsync('plant/pump-1/temperature', 'warm, I think', { qos: 1 });
  await client.endAsync();
  await show('sensors', 'sensors-light', { viewport: desk }, async (page) => {
    await page.locator('.p-letters .p-preview').getByText('warm, I think').waitFor();
    await page.getByRole('button', { name: 'Drive all 1 again' }).click();
    await page.getByText('Still refused').waitFor({ timeout: 15_000 });
  });
});

test('a source that is picked has the chart for itself', { skip }, async () => {
  await show('sensors', 'sensors-phone', { viewport: phone, deviceScaleFactor: 2 }, async (page) => {
    await page.locator('.p-sources .p-plain').getByText('press-1').click();
    await page.getByText('Only press-1').waitFor();
    await until(
      async () => (await page.locator('.p-lane-source').allTextContents()).every((name) => name === 'press-1'),
      {
        what: 'press-1 alone',
      },
    );
  });
});

test('no page says anything in the console', { skip }, () => assert.deepEqual(complaints, []));
