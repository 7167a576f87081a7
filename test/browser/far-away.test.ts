import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findOutboxes } from '../../dist/sensor/gateway/outbox-find.js';
import { withCopy } from '../../dist/sensor/gateway/outbox-look.js';
import { launchChromium } from '../support/browser.ts';
import { Demo } from '../support/demo.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
/** Where a picture of the page goes, if anywhere: `PERCEPT_SCREENSHOTS=docs node --test test/browser/far-away.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
/** Of the far machines. */
const interval = 1000;
/** A leak comes on within a minute; by now it is plain. */
const leakingMs = 40_000;
/** Readings that wait while the line keeps up: two machines measure six quantities a second each. */
const few = 20;

let demo: Demo;
let browser: Browser;

before(async () => {
  if (skip) return;
  browser = await launchChromium();
  demo = await Demo.start();
});
after(async () => {
  await browser?.close();
  await demo?.remove();
});

function rows<Row>(sql: string): Row[] {
  const db = new DatabaseSync(join(demo.userDir, 'percept/percept.sqlite'), { readOnly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

const readings = `select source, quantity, time from reading join series on series.id = series_id
  where source in ('pump-3', 'compressor-1')`;
const newest = (): number => rows<{ t: number }>(`select max(time) as t from (${readings})`)[0]?.t ?? 0;

/** Readings that do not follow the one before by one interval. */
const holes = (): unknown[] =>
  rows(
    `select * from (select *, time - lag(time) over (partition by source, quantity order by time) as gap from (${readings}))
     where gap <> ${interval}`,
  );

async function waiting(page: Page): Promise<number> {
  return Number((await page.textContent('body'))?.match(/Outbox\s*(\d+) waiting/)?.[1]);
}

/** Measured at pump-3 and kept in the outbox of the gateway, which runs. */
async function newestWaiting(): Promise<number> {
  const { outboxes } = await findOutboxes(demo.userDir);
  return await withCopy(outboxes[0] as string, (copy) => {
    const db = new DatabaseSync(copy, { readOnly: true });
    const { t } = db
      .prepare("select max(time) as t from outbox join series on series.id = series_id where source = 'pump-3'")
      .get() as { t: number };
    db.close();
    return t;
  });
}

/** As a person does it: opens the list and takes what it says. */
async function choose(page: Page, list: string, entry: string): Promise<void> {
  await page.locator('.v-select', { hasText: list }).click();
  await page.locator('.v-list-item', { hasText: entry }).click();
}

test('the line is cut, a machine leaks, the line is joined: every reading arrives, and the leak stands where it began', {
  skip,
  timeout: 300_000,
}, async () => {
  const viewport = { width: 1440, height: 1400 };
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', viewport });
  await demo.admit(context);
  const page = await context.newPage();
  await page.goto(`${demo.url}/dashboard/sensors`);
  // by a key: a click can miss what a page that still fills moves away
  const line = page.locator('.v-switch input');
  // a second's readings are always on their way
  await until(async () => (await waiting(page)) < few && newest() > Date.now() - 5 * interval, {
    ms: 60_000,
    what: 'the time before the start to be in',
  });

  await line.press('Space');
  await page.getByText('link cut').waitFor();
  await page.locator('.v-slider-thumb').press('End');
  const broken = Date.now();
  await choose(page, 'Fault', 'Leak');
  await page.getByText('pump-3: leak of 100 % began').waitFor();
  // what is newest is never newer than now, and to copy an outbox is no small thing
  await until(() => Date.now() > broken + leakingMs, { ms: 2 * leakingMs });
  await until(async () => (await newestWaiting()) > broken + leakingMs, { ms: 120_000, what: 'the outbox to grow' });
  assert.ok((await waiting(page)) > 100);
  // what was on its way when the line was cut may have come through; what was measured since has not
  assert.ok(newest() < broken, `a reading came ${newest() - broken} ms after the cut`);
  const joined = Date.now();
  await line.press('Space');
  await page.getByText('link up').waitFor();
  await until(() => newest() > joined, { ms: 60_000, what: 'what waited to arrive' });

  await until(async () => (await waiting(page)) < few, { what: 'the outbox to drain' });
  // what was on its way when the line was cut comes again beside newer
  await until(() => holes().length === 0, { ms: 60_000, what: 'every reading to be there' });

  await page.locator('.p-sources .p-plain').getByText('pump-3').click();
  // what was off by chance just before is taken for the beginning of what came after
  const finding = await until(
    () =>
      rows<{ since: number; expected: string; quantity: string }>(
        `select since, expected, quantity from finding
         where source = 'pump-3' and kind = 'outlier' and (until is null or until > ${broken}) order by since`,
      )[0],
    { ms: 60_000, what: 'the finding' },
  );
  assert.ok(finding.since < joined, `${finding.since - joined} ms after the line was joined`);
  assert.notEqual(finding.expected, '[]');
  await page.getByText('Only pump-3').waitFor();
  const list = page.locator('.p-chart-findings');
  const shown = list.locator('.p-finding', {
    has: page.locator(`time[datetime="${new Date(finding.since).toISOString()}"]`),
  });
  const words = new RegExp(`pump-3 · ${finding.quantity}.*would have been usual`, 's');
  // the list is short until somebody asks for more
  await until(
    async () => {
      if ((await shown.count()) === 0) await list.getByRole('button').click({ timeout: 1000 });
      return (await shown.allTextContents()).some((text) => words.test(text));
    },
    { what: 'the finding with its reason under the chart' },
  );
  await page.locator('.p-mark').first().waitFor();
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, 'sensors-leak.png') });
});
