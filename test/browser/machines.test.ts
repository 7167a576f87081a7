import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Demo } from '../support/demo.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';
import { type WindowOptions, Windows } from '../support/windows.ts';

const skip = needs('chromium');
/** Where pictures of the page go, if anywhere: `PERCEPT_SCREENSHOTS=docs node --test test/browser/machines.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const desk = { width: 1440, height: 1085 };
const phone = { width: 390, height: 844 };
/** So much sound the learn node wants, s. */
const needed = 21;
/** A busy machine takes its time. */
const patience = 60_000;

let demo: Demo;
let windows: Windows;
const complaints: string[] = [];

before(async () => {
  if (skip) return;
  windows = await Windows.launch({ locale: 'en-GB' });
  demo = await Demo.start();
});
after(async () => {
  await windows?.stop();
  await demo?.remove();
});

async function withPage(options: WindowOptions, act: (page: Page) => Promise<void>): Promise<void> {
  await windows.with(options, async (page) => {
    await demo.admit(page.context());
    page.setDefaultTimeout(patience);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${demo.url}/dashboard/machines`);
    await act(page);
  });
}

const ofPump = 'article[aria-label="pump-4"] canvas';
const cardOf = (page: Page, name: string): Locator => page.getByRole('article', { name });

function alerts(): { source: string; state: string }[] {
  const db = new DatabaseSync(join(demo.userDir, 'percept/percept.sqlite'), { readOnly: true });
  try {
    return db
      .prepare('select source, state from alert')
      .all()
      .map(({ source, state }) => ({ source: String(source), state: String(state) }));
  } finally {
    db.close();
  }
}

/** Waits until something is drawn in more than this share of a canvas's columns. */
async function drawn(page: Page, canvas: string, share: number): Promise<void> {
  await page.waitForFunction(
    ([canvas, share]) => {
      const element = document.querySelector<HTMLCanvasElement>(canvas);
      if (!element?.width) return false;
      const { width, height } = element;
      const row = new OffscreenCanvas(width, 1).getContext('2d', { willReadFrequently: true });
      row?.drawImage(element, 0, -(height >> 1));
      const data = row?.getImageData(0, 0, width, 1).data ?? [];
      let count = 0;
      for (let x = 0; x < width; x++) if ((data[4 * x + 3] ?? 0) > 0) count++;
      return count / width > share;
    },
    [canvas, share] as const,
    // to look costs as much as to draw
    { polling: 500 },
  );
}

async function shoot(page: Page, name: string): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.equal(width[0], width[1], `${name} scrolls sideways`);
  if (!pictures) return;
  // what an alert says over the corner of every page is not what this picture is of
  await page.addStyleTag({ content: '.v-snackbar { display: none }' });
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

test('a trainer learns a machine, breaks its bearing, and sees within seconds which, since when, why and how sure', {
  skip,
}, async () => {
  await withPage({ viewport: desk }, async (page) => {
    const pump = cardOf(page, 'pump-4');
    await pump.getByText('Not learned').waitFor();
    // sound enough to learn from
    await drawn(page, ofPump, needed / 60);

    await pump.getByRole('button', { name: 'Learn this machine' }).click();
    await pump.getByText('Normal', { exact: true }).waitFor();
    assert.match((await pump.locator('.p-versions summary').textContent()) ?? '', /learned normal 1/);
    assert.match((await cardOf(page, 'fan-2').textContent()) ?? '', /Not learned/);

    const broken = Date.now();
    await page.locator('.v-select', { hasText: 'Fault' }).click();
    await page.locator('.v-list-item', { hasText: 'Bearing, outer race' }).click();
    await pump
      .getByText(/Warning|Critical/)
      .first()
      .waitFor();
    // told on every page, and taken with one press
    await page.getByRole('button', { name: 'I take it' }).click();
    await until(() => alerts().some(({ source, state }) => source === 'pump-4' && state === 'acknowledged'), {
      what: 'the alert to be acknowledged',
    });
    const since = Date.parse((await pump.locator('.p-card-since time').getAttribute('datetime')) ?? '');
    assert.ok(since > broken - 5_000 && since <= Date.now(), `since ${since}, broken at ${broken}`);
    assert.match((await pump.locator('.p-card-reason').textContent()) ?? '', /louder|tone|sound/i);
    assert.match((await pump.locator('.p-score-times').textContent()) ?? '', /× threshold/);
    assert.match((await cardOf(page, 'fan-2').textContent()) ?? '', /Not learned/);

    await pump.getByRole('button', { name: 'Before' }).click();
    await pump.getByText(/played .* times as loud/).waitFor();
    await pump.getByTitle('Show it large').click();
    await page.locator('.p-spectrogram .p-picture-band').first().waitFor();
    // the last minute, as large
    await drawn(page, '.p-spectrogram canvas', 0.3);
    // a picture for the README shows the fault as it is heard, not as it begins
    if (pictures) await until(() => Date.now() - since > 16_000, { ms: patience });
    await shoot(page, 'machines-light');

    // another viewer, on a phone and in the dark, sees the same at once
    await withPage({ viewport: phone, deviceScaleFactor: 2, colorScheme: 'dark' }, async (other) => {
      const same = cardOf(other, 'pump-4');
      await same
        .getByText(/Warning|Critical/)
        .first()
        .waitFor();
      assert.equal(await same.locator('.p-card-since time').getAttribute('datetime'), new Date(since).toISOString());
      await drawn(other, ofPump, 0.3);
      await shoot(other, 'machines-phone');
    });
  });
});

test('the page says nothing in the console', { skip }, () => assert.deepEqual(complaints, []));
