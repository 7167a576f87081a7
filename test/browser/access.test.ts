import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Demo } from '../support/demo.ts';
import { ownerPassword } from '../support/doors.ts';
import { needs } from '../support/needs.ts';
import { root } from '../support/node-red.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
const pictures = process.env['PERCEPT_SCREENSHOTS'];

let demo: Demo;
let windows: Windows;

before(async () => {
  if (skip) return;
  windows = await Windows.launch({ locale: 'en-GB' });
  demo = await Demo.start();
});
after(async () => {
  await windows?.stop();
  await demo?.remove();
});

async function visit(path: string, act: (page: Page) => Promise<void>, options: WindowOptions = {}): Promise<void> {
  await windows.with(options, async (page) => {
    await page.goto(demo.url + path);
    await act(page);
  });
}

async function enter(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

function percept(...args: string[]): string {
  return execFileSync(process.execPath, [
    join(root, 'dist/cli/percept.js'),
    ...args,
    '--user-dir',
    demo.userDir,
  ]).toString();
}

test('a stranger gets nothing but the sign-in page', { skip }, async () => {
  for (const path of ['/', '/dashboard/overview', '/dashboard/sensors', '/flows', '/settings'])
    await windows.with({}, async (page) => {
      const asked: string[] = [];
      page.on('websocket', (socket) => asked.push(socket.url()));
      await page.goto(demo.url + path);
      const text = await page.locator('body').innerText();
      assert.match(text, /^Sign in to Percept|^401/, path);
      assert.deepEqual(asked, []);
    });
});

test('the printed address opens the dashboard, and the code is gone from the address line', { skip }, async () => {
  await windows.with({}, async (page) => {
    await page.goto(demo.startAddress);
    await page.locator('.p-tile dd').first().waitFor();
    assert.equal(new URL(page.url()).search, '');
  });
});

test('the owner signs in, edits, and signs out; then nothing is open any more', { skip }, async () => {
  await visit('/', async (page) => {
    await enter(page, 'owner', 'a wrong password');
    await page.getByRole('alert').waitFor();
    assert.match(await page.getByRole('alert').innerText(), /User name or password is wrong/);
    await enter(page, 'owner', ownerPassword);
    await page.locator('#red-ui-header-button-deploy').waitFor();
    await page.locator('.red-ui-palette-node').first().waitFor();
    // the editor's own socket is open: it would say so in a banner otherwise
    await until(async () => (await page.locator('.red-ui-notification-error').count()) === 0, { what: 'no complaint' });
    assert.equal(await page.locator('#node-dialog-login').count(), 0);
    await page.goto(`${demo.url}/access/sign-out`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').waitFor();
    await page.goto(`${demo.url}/dashboard/overview`);
    await page.getByLabel('User name').waitFor();
  });
});

test('who came in, was refused and left stands in the audit log, unbroken', { skip }, async () => {
  const log = percept('audit');
  for (const line of [
    / {2}owner {2,}refused {2,}address=127\.0\.0\.1 {2}way=password/,
    / {2}owner {2,}signed-in/,
    / {2}owner {2,}signed-out/,
  ])
    assert.match(log, line);
  assert.match(log, /Rows: \d+, unbroken/);
});

test('a viewer chooses a password, sees the pages, and neither edits nor acts', { skip }, async () => {
  const made = /: (\S+)\s*$/.exec(percept('users', 'add', 'mina', 'viewer'))?.[1] ?? '';
  await visit('/dashboard/sensors', async (page) => {
    await enter(page, 'mina', made);
    await page.getByLabel('New password').fill('words of my own');
    await page.keyboard.press('Enter');
    await page.locator('.percept').first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/dashboard/sensors');
    // what is asked for comes: a chart of its own choice
    await page.locator('.percept canvas').first().waitFor();
    await page.goto(`${demo.url}/`);
    await page.locator('.percept').first().waitFor();
    assert.match(new URL(page.url()).pathname, /^\/dashboard/);
    const status = await page.evaluate(() => fetch('/flows', { method: 'POST' }).then((response) => response.status));
    assert.equal(status, 403);
    percept('users', 'remove', 'mina');
    await page.goto(`${demo.url}/dashboard/sensors`);
    await page.getByLabel('User name').waitFor();
  });
});

for (const [name, options] of [
  ['sign-in-light', { colorScheme: 'light', viewport: { width: 720, height: 540 } }],
  ['sign-in-dark-phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, locale: 'ko-KR' }],
] as const) {
  test(`the sign-in page fits: ${name}`, { skip }, async () => {
    await visit(
      '/dashboard/overview',
      async (page) => {
        const [scroll, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.equal(scroll, inner);
        if (!pictures) return;
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: join(pictures, `${name}.png`) });
      },
      options,
    );
  });
}
