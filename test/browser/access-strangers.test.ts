import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchChromium } from '../support/browser.ts';
import { Demo } from '../support/demo.ts';
import { needs } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { type Entrance, entrancesOf, recording, registeredIn } from '../support/registered.ts';

const skip = needs('chromium');
const folder = mkdtempSync(join(tmpdir(), 'percept-strangers-'));
const file = join(folder, 'doors.json');
let demo: Demo;
let browser: Browser;
let elsewhere: Server;
/** A page of somebody else's; on the same host, so that a browser takes it for the same site and sends cookies along. */
let evil: string;
let entrances: Entrance[];

before(async () => {
  if (skip) return;
  const given = recording(file);
  Object.assign(process.env, given);
  browser = await launchChromium();
  demo = await Demo.start();
  for (const name of Object.keys(given)) delete process.env[name];
  const { routes } = await registeredIn(demo.pid, file);
  entrances = entrancesOf(routes.filter(({ method }) => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method)));
  const port = await freePort();
  evil = `http://127.0.0.1:${port}`;
  elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(port, '127.0.0.1', resolve));
});
after(async () => {
  await browser?.close();
  elsewhere?.closeAllConnections();
  elsewhere?.close();
  await demo?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** In the page: what a script there gets from each of these addresses. */
function tried(context: BrowserContext, from: string, list: readonly Entrance[]): Promise<string[]> {
  return context.newPage().then(async (page) => {
    await page.goto(from);
    return page.evaluate(
      async ({ to, asked }) => {
        const answers: string[] = [];
        for (const { method, path } of asked) {
          const options = { method, credentials: 'include', redirect: 'manual' } as const;
          const readable = await fetch(to + path, options).then(
            async (response) => `${response.status} ${(await response.text()).slice(0, 40)}`,
            () => 'nothing',
          );
          answers.push(`${method} ${path}: ${readable}`);
        }
        return answers;
      },
      { to: demo.url, asked: [...list] },
    );
  });
}

test('a stranger’s browser gets the sign-in page from every address there is', { skip }, async () => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  const shown = await (await page.goto(`${demo.url}/dashboard/overview`))?.text();
  assert.match(await page.locator('body').innerText(), /^Sign in to Percept/);
  const there = `${demo.url}/access/sign-in?next=%2Fdashboard%2Foverview`;
  assert.deepEqual(asked, [`${demo.url}/dashboard/overview`, there], 'the page asks for nothing more');
  // as the browser asks for a page; shown once, since all that differs is where to go afterwards
  const headers = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };
  const plain = (text = ''): string => text.replace(/name="next" value="[^"]*"/, '');
  const found: string[] = [];
  for (const { method, path } of entrances) {
    if (method !== 'GET') continue;
    const text = await (await context.request.get(demo.url + path, { headers })).text();
    if (plain(text) !== plain(shown)) found.push(`${path}: ${text.slice(0, 200)}`);
  }
  assert.deepEqual(found, []);
  await context.close();
});

test("another page in the owner's browser reads nothing, changes nothing, and opens no socket", { skip }, async () => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  await demo.admit(context);
  const flows = await (await context.request.get(`${demo.url}/flows`)).text();
  const answers = await tried(context, evil, entrances);
  assert.deepEqual(
    answers.filter((answer) => !answer.endsWith(': nothing')),
    [],
  );
  const page = await context.newPage();
  await page.goto(evil);
  const result = await page.evaluate(async (to) => {
    const socket = (path: string): Promise<string> =>
      new Promise((resolve) => {
        const one = new WebSocket(to.replace('http', 'ws') + path);
        one.onopen = () => resolve('open');
        one.onerror = () => resolve('closed');
      });
    const sockets = await Promise.all(
      ['/comms', '/dashboard/socket.io/?EIO=4&transport=websocket', '/ws'].map((path) => socket(path)),
    );
    // what needs no permission to be sent
    const sent = [
      '/flows',
      '/access/sign-out',
      '/access/password',
      '/dashboard/socket.io/?EIO=4&transport=polling',
    ].map((path) =>
      fetch(to + path, { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'a=1' }).catch(() => undefined),
    );
    await Promise.all(sent);
    const picture = await new Promise<string>((resolve) => {
      const image = new Image();
      image.onload = () => resolve('shown');
      image.onerror = () => resolve('not shown');
      image.src = `${to}/dashboard/pwa-64x64.png`;
    });
    const frame = document.createElement('iframe');
    frame.src = `${to}/dashboard/overview`;
    document.body.append(frame);
    await new Promise((resolve) => {
      frame.onload = resolve;
    });
    return { sockets, picture };
  }, demo.url);
  assert.deepEqual(result, { sockets: ['closed', 'closed', 'closed'], picture: 'not shown' });
  assert.match(
    page.frames().at(-1)?.url() ?? '',
    /^chrome-error:/,
    'no frame around it, for clicks that go elsewhere than they seem',
  );
  // a form that a person is led to send
  await page.setContent(`<form method="post" action="${demo.url}/access/sign-out"><button>win</button></form>`);
  await page.getByRole('button').click();
  await page.waitForLoadState();
  assert.equal((await context.request.get(`${demo.url}/access/me`)).status(), 200, 'still signed in');
  assert.equal(await (await context.request.get(`${demo.url}/flows`)).text(), flows);
  await context.close();
});

test('a session that was copied to another browser ends with the one it was copied from', { skip }, async () => {
  const [mine, thief] = [await browser.newContext(), await browser.newContext({ userAgent: 'another' })];
  const page = await mine.newPage();
  // an address that is small to show
  await page.goto(`${demo.url}/settings`);
  await page.getByLabel('User name').fill('owner');
  await page.getByLabel('Password').fill('a few plain words');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/access/'));
  await thief.addCookies(await mine.cookies());
  const stolen = await thief.newPage();
  await stolen.goto(`${demo.url}/dashboard/overview`);
  await stolen.locator('.p-tile dd').first().waitFor();
  await page.goto(`${demo.url}/access/sign-out`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('User name').waitFor();
  // the page that was open there has lost its channel, and gets it back by no way
  assert.equal((await thief.request.get(`${demo.url}/dashboard/overview`)).status(), 401);
  await stolen.reload();
  await stolen.getByLabel('User name').waitFor();
  await Promise.all([mine.close(), thief.close()]);
});
