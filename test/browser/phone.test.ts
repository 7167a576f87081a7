import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { alertIds } from '../support/alert-flow.ts';
import { needs } from '../support/needs.ts';
import { type PhoneLab, startPhone } from '../support/phone-flow.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const onPhone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let lab: PhoneLab;
let windows: Windows;
/** Chromium tells this of every subscription in a profile that keeps nothing. */
const beyondUs = /Push API in incognito mode/;
const complaints: string[] = [];
before(async () => {
  if (skip) return;
  const steps = [{ after: 0, channel: 'push', to: 'anna', chain: '' }];
  const settings = { steps, ends: 'person', retry: '3600' };
  // nobody takes pushes there: pages alone ring
  const shared = { locale: 'en-US', serviceWorkers: 'allow' } as const;
  [lab, windows] = await Promise.all([
    startPhone('http://127.0.0.1:9', settings),
    Windows.launch(shared, { whole: true }),
  ]);
});
after(async () => {
  await windows?.stop();
  await lab?.nodeRed.stop();
});

const sessions = new Map<string, Promise<string>>();

/** Lets this person in, and shows the page. */
async function visit(person: string, page: Page): Promise<void> {
  const cookie = sessions.get(person) ?? lab.visitor(person).then((visitor) => visitor.cookie);
  sessions.set(person, cookie);
  const [name = '', value = ''] = (await cookie).split('=');
  await page.context().addCookies([{ name, value, url: lab.nodeRed.url }]);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on(
    'console',
    (message) => message.type() === 'error' && !beyondUs.test(message.text()) && complaints.push(message.text()),
  );
  await page.goto(`${lab.nodeRed.url}/percept/phone`);
  await page.locator('#line[data-state=live]').waitFor();
}

async function withPage(person: string, options: WindowOptions, act: (page: Page) => Promise<void>): Promise<void> {
  await windows.with(options, async (page) => {
    await visit(person, page);
    await act(page);
  });
}

/** A context that nobody has had: what its service worker knows, and what it may, cannot be taken back. */
async function withWorker(person: string, act: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await windows.browser.newContext({ locale: 'en-US', ...onPhone });
  try {
    const page = await context.newPage();
    await visit(person, page);
    await act(page, context);
  } finally {
    await context.close();
  }
}

async function show(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `phone-${name}.png`), fullPage: true });
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok((wide ?? 0) <= (room ?? 0), `${name} scrolls sideways: ${wide} of ${room}`);
}

const taken = () => lab.nodeRed.messages('acts').map(({ acknowledge }) => acknowledge as { id: number; by: string });

test('a calm page says so, and what it is for; in English and in Korean', { skip }, async () => {
  await withPage('anna', { ...onPhone, colorScheme: 'light' }, async (page) => {
    await page.getByRole('heading', { name: 'All calm' }).waitFor();
    await show(page, 'calm-light');
  });
  await withPage('ben', { ...onPhone, locale: 'ko-KR', colorScheme: 'dark' }, async (korean) => {
    await korean.getByRole('heading', { name: '이상 없음' }).waitFor();
    await show(korean, 'calm-dark-ko');
  });
});

test('the title of an alert is in the words of who reads it', { skip }, async () => {
  await withPage('anna', { ...onPhone, locale: 'ko-KR' }, async (page) => {
    lab.finding('hall');
    await page.getByRole('heading', { name: /^(알림|경고|위험): 배회, hall$/ }).waitFor();
    await show(page, 'open-ko');
    await page.locator('.card', { hasText: 'hall' }).getByRole('button', { name: '내가 맡기' }).click();
    await until(() => taken().length === 1, { what: 'the tap' });
    // what stays open would stand on the pages of the tests that follow
    lab.nodeRed.inject(alertIds.alert, { resolve: { key: 'loitering/hall/', by: 'anna' } });
    await page.getByRole('heading', { name: '이상 없음' }).waitFor();
  });
});

test('an alert rings on the page of its person, with sound after a tap, until one tap takes it', { skip }, async () => {
  await withPage('anna', { ...onPhone, colorScheme: 'dark' }, async (page) => {
    await page.getByRole('button', { name: 'Turn on sound' }).click();
    await page.locator('body[data-sound=on]').waitFor();
    const reasons = ['Somebody has been at the door for 40 s', 'The same person was there an hour ago'];
    lab.finding('door', { reasons });
    await page.locator('body[data-state=ringing]').waitFor();
    const card = page.locator('#ringing .card');
    assert.match(
      await card.innerText(),
      /critical[\s\S]*just now[\s\S]*door[\s\S]*Somebody has been at the door for 40 s/,
    );
    assert.match(await page.title(), /^● /);
    assert.equal(await card.getByRole('link', { name: 'Call 112' }).getAttribute('href'), 'tel:112');
    assert.equal(await card.getByRole('link', { name: 'View live' }).getAttribute('href'), '/percept/phone/view');
    await page.getByText(/Told: anna \(push, delivered/).waitFor();
    await show(page, 'ringing-dark');
    const before = taken().length;
    await card.getByRole('button', { name: 'Take it' }).click();
    await page.locator('.card .mark', { hasText: 'Taken by anna' }).waitFor();
    await page.locator('.toast', { hasText: 'Taken by anna' }).waitFor();
    await page.locator('body[data-state=open]').waitFor();
    await until(() => taken().length > before, { what: 'the flow to be told' });
    assert.deepEqual(
      taken()
        .slice(before)
        .map((one) => one.by),
      ['anna'],
    );
    assert.doesNotMatch(await page.title(), /^● /);
    await show(page, 'taken-dark');
  });
});

test('quiet here is quiet on this page alone; a viewer sees and is offered nothing', { skip }, async () => {
  const wide = { viewport: { width: 1440, height: 900 } };
  const both = (act: (page: Page, viewing: Page) => Promise<void>) =>
    withPage('anna', wide, (page) => withPage('vera', onPhone, (viewing) => act(page, viewing)));
  await both(async (page, viewing) => {
    lab.finding('gate', { severity: 'warning', reasons: ['The gate has been open for 5 min'] });
    await page.locator('body[data-state=ringing]').waitFor();
    await show(page, 'ringing-wide-light');
    const take = page.locator('.card', { hasText: 'The gate has been open' }).getByRole('button', { name: 'Take it' });
    await take.focus();
    lab.finding('yard', { severity: 'notice', reasons: ['A dog'] });
    await page.getByText('A dog').waitFor();
    assert.equal(
      await take.evaluate((button) => button === document.activeElement),
      true,
      'nothing is moved from under a finger',
    );
    await page.locator('.card', { hasText: 'A dog' }).getByRole('button', { name: 'Take it' }).click();
    await page.locator('#alerts .card', { hasText: 'A dog' }).waitFor();
    await page.getByRole('button', { name: 'Quiet here' }).click();
    await page.locator('body[data-state=open]').waitFor();
    await page.reload();
    await page.locator('.card').first().waitFor();
    assert.equal(await page.locator('body').getAttribute('data-state'), 'open');
    await viewing.getByText(/signed in to look/).waitFor();
    await viewing.locator('.card').first().waitFor();
    assert.equal(await viewing.locator('button', { hasText: /Take it|In 10 min|notifications/ }).count(), 0);
    await show(viewing, 'viewer-light');
    await page.getByRole('button', { name: 'In 10 min' }).click();
    await page.getByText(/put off, until/).waitFor();
  });
});

test('the connection goes and comes back: the page says since when, and then how things stand', { skip }, async () => {
  const before = complaints.length;
  await withPage('anna', { ...onPhone, colorScheme: 'light' }, async (page) => {
    await lab.nodeRed.kill();
    await page.getByText(/No connection since/).waitFor();
    await show(page, 'away-light');
    await lab.nodeRed.again();
    await page.locator('#line[data-state=live]').waitFor({ timeout: 60_000 });
    lab.finding('window');
    await page.locator('body[data-state=ringing]').waitFor();
    await page.getByRole('button', { name: 'Take it' }).first().click();
    await page.locator('body[data-state=open]').waitFor();
  });
  complaints.splice(before);
});

test('a tap that does not get through, or of which nothing comes, is told on the card, and it goes on ringing', {
  skip,
}, async () => {
  const before = complaints.length;
  await withPage('anna', { ...onPhone, colorScheme: 'dark' }, async (page) => {
    lab.finding('roof');
    const card = page.locator('.card', { hasText: 'roof' });
    const answers = [503, 204];
    await page.route('**/percept/phone/act', (route) => route.fulfill({ status: answers.shift() ?? 204, body: '' }));
    await card.getByRole('button', { name: 'Take it' }).click();
    await card.getByText('That did not get through: 503').waitFor();
    await card.getByRole('button', { name: 'Take it' }).click();
    await card.getByText(/Is the phone node wired to the alert node/).waitFor();
    assert.equal(await page.locator('body').getAttribute('data-state'), 'ringing');
    await page.unroute('**/percept/phone/act');
    await card.getByRole('button', { name: 'Take it' }).click();
    await card.getByText('Taken by anna').waitFor();
  });
  complaints.splice(before);
});

test('a test of the channel is heard and seen on the page', { skip }, async () => {
  await withPage('anna', { ...onPhone }, async (page) => {
    lab.nodeRed.inject(alertIds.alert, { test: true });
    await page.locator('.toast', { hasText: 'This is a test of the channel' }).waitFor();
  });
});

/** The service worker's registration, as the browser's own tools see it. */
async function worker(page: Page, context: BrowserContext) {
  await context.grantPermissions(['notifications'], { origin: lab.nodeRed.url });
  const tools = await context.newCDPSession(page);
  let id = '';
  tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    id = registrations.find(({ scopeURL }) => scopeURL.endsWith('/percept/phone'))?.registrationId ?? id;
  });
  await tools.send('ServiceWorker.enable');
  // ready may be while it activates, and what is pushed to it then is lost
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    while (active && active.state !== 'activated')
      await new Promise((resolve) => active.addEventListener('statechange', resolve, { once: true }));
  });
  const registrationId = await until(() => id, { what: 'the registration' });
  /** Runs in the worker; also what a tap on a notification does, which nobody can tap here. */
  const within = async (script: string): Promise<unknown> => {
    const running = context.serviceWorkers().find((one) => one.url().includes('/percept/phone/worker.js'));
    assert.ok(running);
    return await running.evaluate(script);
  };
  await within(`{
    const show = registration.showNotification.bind(registration);
    self.shown = 0;
    registration.showNotification = (...of) => show(...of).then(() => { self.shown += 1 });
  }`);
  let pushed = 0;
  return {
    /** Resolves when it is shown: Chromium forgets a notification that it is asked for before. */
    push: async (payload: object) => {
      const data = JSON.stringify(payload);
      await tools.send('ServiceWorker.deliverPushMessage', { origin: lab.nodeRed.url, registrationId, data });
      pushed += 1;
      await until(async () => (await within('self.shown')) === pushed, { what: 'what was pushed to be shown' });
    },
    shown: async () =>
      await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return (await registration.getNotifications()).map((one) => {
          // the type of the page's notifications knows no actions
          const { actions = [] } = one as Notification & { actions?: { action: string }[] };
          const { title, body, tag, silent, requireInteraction } = one;
          return { title, body, tag, silent, requireInteraction, actions: actions.map(({ action }) => action) };
        });
      }),
    /** What a tap on a notification does; nobody can tap one here. */
    within,
  };
}

test('a push becomes a notification with its actions; what follows takes its place', { skip }, async () => {
  await withWorker('ben', async (page, context) => {
    const { push, shown } = await worker(page, context);
    const payload = {
      title: 'Critical: loitering, door',
      text: 'Since noon',
      tag: 't1',
      alert: 7,
      severity: 'critical',
    };
    await push({ ...payload, open: true, quiet: false, since: Date.now() });
    const [first, ...others] = await shown();
    assert.deepEqual(others, []);
    assert.deepEqual([first?.title, first?.body, first?.tag], [payload.title, 'Since noon', 't1']);
    assert.deepEqual([first?.actions.slice(0, 2), first?.requireInteraction], [['acknowledge', 'view'], true]);
    assert.equal(first?.silent, true, 'the page is open and rings by itself');
    await push({ ...payload, title: 'Taken by anna', open: false, quiet: true, since: Date.now() });
    assert.deepEqual(
      (await shown()).map(({ title, actions }) => [title, actions]),
      [['Taken by anna', []]],
    );
    await push({ nonsense: true });
    assert.deepEqual((await shown()).map(({ body }) => body).sort(), ['Since noon', 'There is a new alert.']);
  });
});

test('acknowledge on a notification takes the alert by its link, without the page', { skip }, async () => {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    posted.push(`${request.method} ${request.url}`);
    response.writeHead(204, { 'Access-Control-Allow-Origin': '*' }).end();
  }).listen(0, '127.0.0.1');
  await withWorker('ben', async (page, context) => {
    const { push, shown, within } = await worker(page, context);
    const acknowledge = `http://127.0.0.1:${(server.address() as AddressInfo).port}/take/abc`;
    const links = { open: acknowledge, acknowledge };
    await push({
      title: 'Somebody at the door',
      text: '',
      tag: 't2',
      alert: 8,
      severity: 'warning',
      open: true,
      links,
    });
    await within(`registration.getNotifications().then(([one]) => answer('acknowledge', one))`);
    assert.deepEqual(posted, ['POST /take/abc']);
    await until(async () => (await shown()).length === 0, { what: 'it to go' });
    const leads = async () => await within(`pageFor(${JSON.stringify(links)})`);
    assert.equal(await leads(), '/percept/phone');
    await context.clearCookies();
    assert.equal(await leads(), links.open, 'who is no longer signed in is led to the alert by its link');
  }).finally(() => server.close());
});

test('a browser that cannot reach its push service says so, and the page goes on', { skip }, async () => {
  await withWorker('ben', async (page, context) => {
    await worker(page, context);
    await page.reload();
    await page.getByRole('button', { name: 'Turn on notifications on this device' }).click();
    await page.getByText(/could not be turned on: /).waitFor();
    await show(page, 'no-push-service');
  });
});

test('nothing was held against the page by the browser', { skip }, () => {
  assert.deepEqual(complaints, []);
});
