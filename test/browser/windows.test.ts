import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { Windows } from '../support/windows.ts';

const skip = needs('chromium');
/** Streams that pages hold open. */
let streams = 0;
let server: Server;
let url: string;
let windows: Windows;

before(async () => {
  if (skip) return;
  server = createServer((request, response) => {
    if (request.url !== '/stream') {
      response.end('<!doctype html><title>here</title>');
      return;
    }
    streams += 1;
    response.once('close', () => {
      streams -= 1;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  windows = await Windows.launch();
});
after(async () => {
  await windows?.stop();
  server?.closeAllConnections();
  server?.close();
});

/** Leaves something in every place where a page can keep it, and holds a connection. */
async function litter(page: Page): Promise<void> {
  await page.goto(url);
  await page.evaluate(async () => {
    await cookieStore.set('left', 'behind');
    localStorage.setItem('left', 'behind');
    sessionStorage.setItem('left', 'behind');
    await new Promise((resolve) => {
      indexedDB.open('left').onsuccess = resolve;
    });
    await caches.open('left');
    Object.assign(window, { stream: new EventSource('/stream') });
  });
  await until(() => streams === 1, { what: 'the stream' });
}

const found = (page: Page) =>
  page.evaluate(async () => ({
    cookies: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    wide: innerWidth,
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
    title: document.title,
  }));

const asNew = {
  ...{ cookies: '', local: 0, session: 0, databases: 0, caches: 0 },
  ...{ wide: 1280, dark: false, title: 'here' },
};
const littered = {
  ...{ cookies: 'left=behind', local: 1, session: 1, databases: 1, caches: 1 },
  ...{ wide: 390, dark: true, title: 'here' },
};

test('a window that is lent again is as new: storage, connections, listeners, routes, screen and colours', {
  skip,
}, async () => {
  const heard: string[] = [];
  const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const;
  const first = await windows.with(options, async (page) => {
    page.on('console', (message) => heard.push(message.text()));
    await litter(page);
    assert.deepEqual(await found(page), littered);
    await page.evaluate(() => console.log('first'));
    await page.route('**/*', (route) => route.fulfill({ body: 'elsewhere' }));
    return page;
  });
  await until(() => streams === 0, { what: 'the end of the stream' });
  await windows.with({}, async (page) => {
    assert.equal(page, first);
    await page.goto(url);
    await page.evaluate(() => console.log('second'));
    assert.deepEqual(await found(page), asNew);
  });
  assert.deepEqual(heard, ['first']);
});

test('a clock that was moved and stopped is lent as the present, running', { skip }, async () => {
  const hour = 3_600_000;
  const first = await windows.with({ clock: true }, async (page) => {
    await page.goto(url);
    await page.clock.fastForward(10 * hour);
    await page.clock.pauseAt(Date.now() + 20 * hour);
    assert.ok((await page.evaluate(() => Date.now())) > Date.now() + 19 * hour);
    return page;
  });
  await windows.with({ clock: true }, async (page) => {
    assert.equal(page, first);
    await page.goto(url);
    const now = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return Date.now();
    });
    assert.ok(Math.abs(now - Date.now()) < hour);
    await page.evaluate(() => setTimeout(() => Object.assign(window, { rang: true }), 9 * 3_600_000));
    await page.clock.fastForward(10 * hour);
    assert.equal(await page.evaluate(() => Reflect.get(window, 'rang')), true);
  });
});

test('windows that are lent at once share nothing; what an open window cannot change is another window', {
  skip,
}, async () => {
  await windows.with({}, async (one) => {
    await litter(one);
    await windows.with({ locale: 'ko-KR' }, async (other) => {
      await other.goto(url);
      assert.deepEqual(await found(other), asNew);
      assert.equal(await other.evaluate(() => navigator.language), 'ko-KR');
    });
  });
});

test('a window in which a test failed, that opened another or that crashed is not lent again', { skip }, async () => {
  const spoils: ((page: Page) => Promise<unknown>)[] = [
    () => Promise.reject(new Error('it failed')),
    (page) => page.evaluate(() => open('about:blank')),
    (page) => page.goto('chrome://crash').catch(() => undefined),
  ];
  for (const spoil of spoils) {
    let spoilt: Page | undefined;
    await windows
      .with({}, async (page) => {
        spoilt = page;
        await spoil(page);
      })
      .catch((error: Error) => assert.equal(error.message, 'it failed'));
    await windows.with({}, async (page) => assert.notEqual(page, spoilt));
  }
});
