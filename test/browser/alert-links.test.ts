import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { evidence, LinkSite } from '../support/link-flow.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
const reasons = ['Somebody has stood at the door for 4 min', 'Came back three times since noon'];

let site: LinkSite;
let windows: Windows;
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
  const shared = { locale: 'en-GB', ...phone };
  windows = await Windows.launch(shared);
  site = await LinkSite.start(settings);
});
after(async () => {
  await windows?.stop();
  await site?.stop();
});

interface Seen {
  readonly page: Page;
  readonly complaints: string[];
  readonly asked: string[];
}

async function visit(url: string, options: WindowOptions, act: (seen: Seen) => Promise<void>): Promise<void> {
  await windows.with(options, async (page) => {
    const [complaints, asked]: [string[], string[]] = [[], []];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
    await page.goto(url);
    await act({ page, complaints, asked });
  });
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
  await visit(acknowledge, {}, async ({ page, complaints, asked }) => {
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
  });
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
    await visit(acknowledge, options, async ({ page, complaints }) => {
      await page.getByRole('button', { name: /I take it|제가 맡겠습니다/ }).waitFor();
      await until(async () => (await page.locator('img').evaluate((one: HTMLImageElement) => one.naturalWidth)) > 0, {
        what: name,
      });
      if (name === 'phone-korean') await page.getByRole('heading', { name: '경고: 배회, gate' }).waitFor();
      await shoot(page, name);
      assert.deepEqual(complaints, [], name);
    });
  }
  await visit(open, {}, async ({ page }) => {
    await page.getByText('With this link one looks').waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
    await shoot(page, 'phone-look-only');
  });
});

test('a link that opens nothing says what to do, and leads to the sign-in page', { skip }, async () => {
  const { open } = await site.links('yard');
  const bad = open.slice(0, -1) + (open.endsWith('A') ? 'B' : 'A');
  for (const [name, options] of [
    ['refused-light', {}],
    ['refused-dark', { colorScheme: 'dark' }],
    ['refused-korean', { locale: 'ko-KR' }],
  ] as const) {
    await visit(bad, options, async ({ page }) => {
      await page.getByRole('heading', { name: /This link opens nothing|열 수 없는 링크입니다/ }).waitFor();
      await shoot(page, name);
      await page.getByRole('link').click();
      await page.getByLabel(/User name|사용자 이름/).waitFor();
    });
  }
});
