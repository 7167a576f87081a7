import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectAsync } from 'mqtt';
import type { Page } from 'playwright-core';
import { Demo } from '../support/demo.ts';
import { needs } from '../support/needs.ts';
import { root } from '../support/node-red.ts';
import { queryFile } from '../support/query.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
/** Where pictures go, if anywhere: `PERCEPT_SCREENSHOTS=dir node --test test/browser/follower.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const phone = { width: 390, height: 844 };
const longest = { timeout: 90_000 };

let demo: Demo;
let windows: Windows;
const complaints: string[] = [];

before(async () => {
  if (skip) return;
  const shared = { locale: 'en-GB', viewport: phone };
  windows = await Windows.launch(shared);
  demo = await Demo.start();
});
after(async () => {
  await windows?.stop();
  await demo?.remove();
});

async function onAlerts(person: 'owner' | 'stranger', options: WindowOptions, act: (page: Page) => Promise<void>) {
  await windows.with(options, async (page) => {
    page.on('pageerror', (error) => complaints.push(error.message));
    if (person === 'owner') await demo.admit(page.context());
    await page.goto(`${demo.url}/dashboard/alerts`);
    await act(page);
  });
}

async function picture(page: Page, name: string): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.equal(width[0], width[1], `${name} scrolls sideways`);
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `follower-${name}.png`) });
}

test('a follower at the door: every page says so, nobody answers, the next person is told, one tap takes it, and the page shows who was told when', {
  skip,
}, async () => {
  await onAlerts('owner', {}, async (page) => {
    const nextPerson: { state: string; occasion: string; channel: string; to: string }[] = [];
    const mqtt = await connectAsync(demo.mqttUrl);
    mqtt.on('message', (_topic, payload) => nextPerson.push(JSON.parse(payload.toString())));
    await mqtt.subscribeAsync('percept/alert/door');
    try {
      await page.getByText('All calm.').waitFor(longest);
      await picture(page, 'calm');
      await page.getByRole('button', { name: 'A follower at the door' }).click();
      const card = page.getByRole('article', { name: /following/ });
      await card.getByText('Told, nobody has it yet').waitFor(longest);
      await card.getByText(/Next: next → watch, in \d+ sec/).waitFor(longest);
      await page.getByRole('button', { name: 'I take it' }).first().waitFor();
      await picture(page, 'told');
      await until(() => nextPerson.length > 0, { ms: 60_000, what: 'the next person to be told' });
      assert.match(nextPerson[0]?.to ?? '', /^(anna|ben)$/);
      await card.getByText(/next → (anna|ben): delivered/).waitFor(longest);
      await card.getByRole('button', { name: 'I take it' }).click();
      await card.getByText('Taken by owner').waitFor(longest);
      await until(() => nextPerson.at(-1)?.occasion === 'acknowledged', {
        ms: 60_000,
        what: 'them to be told that somebody has it',
      });
      // it is over soon after; tapped, it shows what happened
      const past = page.getByRole('region', { name: 'Past' });
      await past.getByRole('button', { name: /following · door/ }).click(longest);
      await past.getByText('owner takes it').waitFor(longest);
      const timeline = (await past.locator('.p-timeline').textContent()) ?? '';
      const clock = '\\d\\d:\\d\\d:\\d\\d';
      for (const part of [
        `${clock}.?page alert: delivered · ${clock}`,
        `${clock}.?next → (anna|ben) alert: delivered · ${clock}`,
        `${clock}.?Step 3: next`,
        `${clock}.?owner takes it`,
      ])
        assert.match(timeline, new RegExp(part, 's'));
      await picture(page, 'past');
      const store = join(demo.userDir, 'percept/percept.sqlite');
      const read = queryFile(store, "select count(*) as n from series where source = 'door'");
      assert.equal(read?.['n'], 0, 'what is told over MQTT was taken in as readings');
    } finally {
      await mqtt.endAsync();
    }
  });
});

test('a viewer sees the same page without a button that acts on alerts', { skip }, async () => {
  const percept = (...args: string[]): string =>
    execFileSync(process.execPath, [join(root, 'dist/cli/percept.js'), ...args, '--user-dir', demo.userDir]).toString();
  const password = /: (\S+)\s*$/.exec(percept('users', 'add', 'mina', 'viewer'))?.[1] ?? '';
  await onAlerts('stranger', {}, async (page) => {
    await page.getByLabel('User name').fill('mina');
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByLabel('New password').fill('words of my own');
    await page.keyboard.press('Enter');
    await page.getByText('You may look').waitFor(longest);
    await page.getByRole('region', { name: 'On call' }).first().waitFor(longest);
    await page.getByRole('region', { name: 'Channels' }).getByText('Next person').waitFor(longest);
    assert.equal(await page.getByRole('button', { name: /I take it|Silence|Test|Later/ }).count(), 0);
  });
});

test('a channel that is tested tells what became of it', { skip }, async () => {
  await onAlerts('owner', { viewport: { width: 1440, height: 1080 } }, async (page) => {
    const row = page.getByRole('region', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'Next person' });
    const mqtt = await connectAsync(demo.mqttUrl);
    const got: string[] = [];
    mqtt.on('message', (topic) => got.push(topic));
    await mqtt.subscribeAsync('percept/alert/#');
    try {
      await row.getByRole('button', { name: 'Test' }).click(longest);
      await until(() => got.length > 0, { ms: 60_000, what: 'the test to arrive' });
      await row.getByText('delivered').waitFor(longest);
      await picture(page, 'wide');
    } finally {
      await mqtt.endAsync();
    }
  });
});

test('no page stumbles', { skip }, () => assert.deepEqual(complaints, []));
