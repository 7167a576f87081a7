import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../support/browser.ts';
import { evidence, LinkSite } from '../support/link-flow.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
const reasons = ['Somebody has stood at the door for 4 min', 'Came back three times since noon'];

let site: LinkSite;
let browser: Browser;
before(async () => {
  if (skip) return;
  const steps = [
    { after: 0, channel: 'mail', to: 'anna', chain: '' },
    { after: 1, channel: 'push', to: 'ben', chain: '' },
  ];
  const settings = {
    steps,
    live: '/dashboard/live?camera={source}',
    call: '112',
    zones: [{ zone: 'yard', source: '*' }],
  };
  [site, browser] = await Promise.all([LinkSite.start(settings), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

interface Seen {
  readonly page: Page;
  readonly complaints: string[];
  readonly asked: string[];
}

async function visit(url: string, options: BrowserContextOptions = {}): Promise<Seen> {
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', ...phone, ...options });
  const page = await context.newPage();
  const [complaints, asked]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  await page.goto(url);
  return { page, complaints, asked };
}

async function shoot(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `alert-link-${name}.png`), fullPage: true });
}

const isTaken = (source: string) => site.changes(source).some(({ payload }) => payload === 'acknowledged');

test('on a phone, without a login: what happened is seen, one tap takes it, and the page says so', {
  skip,
}, async () => {
  const about = { severity: 'critical', reasons, score: 0.87, threshold: 0.5, evidence: [evidence.key] };
  const { acknowledge } = await site.links('door', about, 'Critical');
  await site.mailTo('ben', 'door', 'Critical');
  const { page, complaints, asked } = await visit(acknowledge);
  await page.getByRole('heading', { name: 'Critical: loitering, door' }).waitFor();
  const image = page.getByRole('img', { name: 'Picture 1 of 1' });
  await image.scrollIntoViewIfNeeded();
  await until(async () => (await image.evaluate((one: HTMLImageElement) => one.naturalWidth)) > 0, {
    what: 'the picture',
  });
  // nothing is cut off, and the button is within reach of a thumb
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  const button = page.getByRole('button', { name: 'I take it' });
  const place = await button.boundingBox();
  assert.ok(place && place.y + place.height < 844 && place.height >= 44, JSON.stringify(place));
  assert.equal(await page.getByRole('link', { name: 'Call 112' }).getAttribute('href'), 'tel:112');
  await shoot(page, 'phone-light');
  assert.ok(!isTaken('door'));
  await button.tap();
  await page.getByText('You took it').waitFor();
  assert.equal(await page.getByRole('button').count(), 0);
  await until(() => isTaken('door'), { what: 'the change' });
  await shoot(page, 'phone-taken');
  await page.reload();
  await page.getByText('You took it').waitFor();
  assert.deepEqual(complaints, []);
  const own = `${site.nodeRed.url}/percept/alert/`;
  assert.deepEqual(
    asked.filter((one) => !one.includes(` ${own}`) && !one.endsWith('/favicon.ico')),
    [],
  );
  await page.context().close();
});

test('in the dark, wide and in Korean it reads as well', { skip }, async () => {
  const { acknowledge, open } = await site.links('gate', { reasons, evidence: [evidence.key] });
  await site.mailTo('ben', 'gate');
  for (const [name, options] of [
    ['phone-dark', { colorScheme: 'dark' }],
    ['wide-light', { viewport: { width: 1440, height: 900 } }],
    ['wide-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }],
    ['phone-korean', { locale: 'ko-KR' }],
  ] as const) {
    const { page, complaints } = await visit(acknowledge, options);
    await page.getByRole('button', { name: /I take it|제가 맡겠습니다/ }).waitFor();
    await until(async () => (await page.locator('img').evaluate((one: HTMLImageElement) => one.naturalWidth)) > 0, {
      what: name,
    });
    if (name === 'phone-korean') await page.getByRole('heading', { name: '경고: 배회, gate' }).waitFor();
    await shoot(page, name);
    assert.deepEqual(complaints, [], name);
    await page.context().close();
  }
  const { page } = await visit(open);
  await page.getByText('With this link one looks').waitFor();
  assert.equal(await page.getByRole('button').count(), 0);
  await shoot(page, 'phone-look-only');
  await page.context().close();
});

test('a link that opens nothing says what to do, and leads to the sign-in page', { skip }, async () => {
  const { open } = await site.links('yard');
  const bad = open.slice(0, -1) + (open.endsWith('A') ? 'B' : 'A');
  for (const [name, options] of [
    ['refused-light', {}],
    ['refused-dark', { colorScheme: 'dark' }],
    ['refused-korean', { locale: 'ko-KR' }],
  ] as const) {
    const { page } = await visit(bad, options);
    await page.getByRole('heading', { name: /This link opens nothing|열 수 없는 링크입니다/ }).waitFor();
    await shoot(page, name);
    await page.getByRole('link').click();
    await page.getByLabel(/User name|사용자 이름/).waitFor();
    await page.context().close();
  }
});
