import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startDashboard } from '../support/dashboard.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
const minute = 60_000;
let dashboard: Awaited<ReturnType<typeof startDashboard>>;

before(async () => {
  if (skip) return;
  dashboard = await startDashboard([
    {
      name: 'chart',
      type: 'ui-percept-chart',
      outputs: 1,
      label: 'Machines',
      span: '15m',
      sources: '',
      quantities: '',
    },
    { name: 'sources', type: 'ui-percept-sources', outputs: 2, sources: '' },
    { name: 'findings', type: 'ui-percept-findings', outputs: 2, last: '7d', sources: '' },
    { name: 'letters', type: 'ui-percept-dead-letters', outputs: 2 },
    { name: 'tiles', type: 'ui-percept-tiles', outputs: 1 },
  ]);
});
after(() => dashboard?.stop());

function series(now: number) {
  const time = Array.from({ length: 900 }, (_, i) => now - 15 * minute + i * 1000);
  const values = time.map((_, i) => 60 + 10 * Math.sin(i / 50));
  const points = { time, min: values, max: values, mean: values, last: values };
  const findings = [
    {
      id: 1,
      kind: 'limit',
      source: 'press-1',
      quantity: 'temperature',
      score: 83,
      threshold: 65,
      severity: 'critical',
      since: now - 8 * minute,
      until: now - 7 * minute,
      reasons: ['The temperature reached 83 °C; the limit is 65 °C.'],
      evidence: [],
    },
  ];
  return {
    from: now - 15 * minute,
    to: now,
    width: 0,
    series: [{ source: 'press-1', quantity: 'temperature', unit: '°C', points }],
    leftOut: 0,
    findings,
  };
}

const letter = (id: number) => ({
  id,
  node: 'n',
  topic: `plant/pump-${id}/temperature`,
  code: 'decode-json',
  reason: 'It is not valid JSON.',
  receivedAt: Date.now(),
  bytes: 12,
  preview: 'warm, I think',
});

const health = (source: string, state: string) => {
  const now = Date.now();
  return {
    source,
    state,
    firstReceived: 0,
    lastReceived: now,
    lastTime: now,
    age: 0,
    interval: 1000,
    lag: 8,
    clock: 'ok',
    stored: 60,
  };
};

/** How many pixels of the chart have the colour of its first line. */
function drawnPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.p-lane canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(i, i + 4);
      if (alpha > 200 && red < 60 && green > 80 && green < 150 && blue > 140) count++;
    }
    return count;
  });
}

test('a chart asks for its range, draws the points, and shows the newest value', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    const { payload } = await dashboard.answer('chart', 'series', series(Date.now()));
    assert.equal(Number(payload['to']) - Number(payload['from']), 15 * minute);
    await page.waitForSelector('.p-lane canvas');
    await until(async () => (await drawnPixels(page)) > 500, { what: 'the line to be drawn' });
    assert.match((await page.textContent('.p-lane-row')) ?? '', /press-1\s*\d\d\.\d/);
  });
});

test('live readings move the chart on without a question', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('chart', 'series', series(Date.now() - 2000));
    await page.waitForSelector('.p-lane');
    const time = Date.now();
    dashboard.nodeRed.inject(dashboard.idOf('chart'), {
      reading: {
        id: 1,
        source: 'press-1',
        quantity: 'temperature',
        unit: '°C',
        value: 77.7,
        time,
        sequence: 0,
        receivedAt: time,
        clock: 'ok',
      },
    });
    await until(async () => (await page.textContent('.p-lane-value'))?.includes('77.7'), { what: 'the live value' });
  });
});

test('a finding is a mark with a shape and a word; its reason shows on hover and in the list', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('chart', 'series', series(Date.now()));
    const mark = page.locator('.p-mark');
    await mark.waitFor();
    assert.match((await mark.textContent()) ?? '', /Critical/);
    assert.equal(await mark.locator('svg.p-critical').count(), 1);
    await mark.hover();
    assert.match((await page.textContent('.p-mark-card')) ?? '', /reached 83 °C; the limit is 65 °C/);
    assert.match((await page.textContent('.p-chart-findings')) ?? '', /press-1 · temperature.*reached 83 °C/s);
  });
});

test('a finding that comes live becomes a mark, also where its message carries the reading', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    const now = Date.now();
    const { findings, ...rest } = series(now);
    await dashboard.answer('chart', 'series', { ...rest, findings: [] });
    await page.waitForSelector('.p-lane canvas');
    const reading = { source: 'press-1', quantity: 'temperature', unit: '°C', value: 83, time: now };
    dashboard.nodeRed.inject(dashboard.idOf('chart'), { reading, finding: findings[0] });
    await page.locator('.p-mark').waitFor();
  });
});

test('the range picker asks for the range that was picked', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('chart', 'series', series(Date.now()));
    for (const [label, length] of [
      ['1 h', 60 * minute],
      ['1 year', 365 * 24 * 60 * minute],
    ] as const) {
      const before = dashboard.questions('chart').length;
      await page.getByRole('button', { name: label, exact: true }).click();
      const { payload } = await dashboard.answer('chart', 'series', series(Date.now()), before);
      assert.equal(Number(payload['to']) - Number(payload['from']), length);
    }
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.getByLabel('From').fill('2026-01-01T00:00');
    await page.getByLabel('To').fill('2026-01-02T00:00');
    const before = dashboard.questions('chart').length;
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const { payload } = await dashboard.answer('chart', 'series', series(Date.now()), before);
    assert.equal(payload['from'], new Date(2026, 0, 1).getTime());
  });
});

test('an answer reaches the page that asked, and no other', { skip }, async () => {
  await dashboard.withPage({}, async (first) => {
    await dashboard.answer('chart', 'series', series(Date.now()));
    await first.waitForSelector('.p-lane');
    const before = dashboard.questions('chart').length;
    await dashboard.withPage({}, async (second) => {
      const other = { ...series(Date.now()), series: [] };
      await dashboard.answer('chart', 'series', other, before);
      await second.getByText('No readings in this time range.').waitFor();
      assert.equal(await first.locator('.p-lane').count(), 1);
    });
  });
});

test('without an answer a chart says what to wire', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await until(() => dashboard.questions('chart').length > 0);
    await page.clock.fastForward(9_000);
    await page.getByText('The history did not answer.').first().waitFor();
  });
});

test('a source that is picked goes out for a chart', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('sources', 'sources', {
      at: Date.now(),
      sources: [health('fan-1', 'silent'), health('pump-1', 'ok')],
    });
    const row = page.locator('.p-sources tbody tr').first();
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /Silent.*fan-1/);
    await page.getByRole('button', { name: 'fan-1' }).click();
    const sent = await until(() => dashboard.nodeRed.messages('sources-2').at(-1), { what: 'the chosen source' });
    assert.deepEqual(sent['select'], { sources: ['fan-1'] });
  });
});

test('thousands of sources are drawn a hundred at a time, and searched in the store', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    const sources = Array.from({ length: 500 }, (_, i) => health(`pump-${i}`, 'ok'));
    await dashboard.answer('sources', 'sources', { at: Date.now(), sources, total: 5000 });
    await page.locator('.p-sources tbody tr').nth(99).waitFor();
    assert.equal(await page.locator('.p-sources tbody tr').count(), 100);
    const before = dashboard.questions('sources').length;
    await page.getByPlaceholder('Search 5,000 sources').fill('press');
    const asked = await until(() =>
      dashboard
        .questions('sources')
        .slice(before)
        .find(({ payload }) => payload['sources']),
    );
    assert.equal(asked.payload['sources'], '*press*');
  });
});

test('driving a dead letter again sends its id, and the page tells how it went', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('letters', 'letters', { total: 2, letters: [letter(8), letter(7)] });
    await page.getByRole('checkbox', { name: 'plant/pump-7/temperature' }).check();
    const before = dashboard.questions('letters').length;
    await page.getByRole('button', { name: 'Drive 1 again' }).click();
    const sent = await until(() => dashboard.nodeRed.messages('letters-2').at(-1), {
      what: 'the message for sensor in',
    });
    assert.deepEqual(sent['redrive'], [7]);
    await dashboard.answer('letters', 'letters', { total: 1, letters: [letter(8)] }, before);
    await page.getByText('1 stored.').waitFor();
    await page.getByRole('button', { name: 'Drive all 1 again' }).click();
    await until(() => dashboard.nodeRed.messages('letters-2').at(-1)?.['redrive'] === true, {
      what: 'all to be driven again',
    });
  });
});

test('a new finding joins the list at once, and picking it shows its moment in a chart', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    await dashboard.answer('findings', 'findings', { from: 0, to: Date.now(), findings: [] });
    await page.getByText('Nothing unusual.').waitFor();
    const [finding] = series(Date.now()).findings;
    dashboard.nodeRed.inject(dashboard.idOf('findings'), { finding });
    await page.locator('.p-findings-row').click();
    const sent = await until(() => dashboard.nodeRed.messages('findings-2').at(-1), { what: 'the chosen finding' });
    assert.deepEqual((sent['select'] as { sources: string[] }).sources, ['press-1']);
  });
});

test('a Korean browser reads Korean', { skip }, async () => {
  await dashboard.withPage({ locale: 'ko-KR' }, async (page) => {
    await dashboard.answer('letters', 'letters', { total: 0, letters: [] });
    await page.getByText('거부된 메시지가 없습니다.').waitFor();
  });
});

test("pages follow the device's light or dark, until somebody chooses", { skip }, async () => {
  await dashboard.withPage({ colorScheme: 'dark' }, async (page) => {
    await page.waitForSelector('.percept.p-dark');
    await page.getByRole('button', { name: 'Appearance' }).click();
    await page.getByLabel('Light').check();
    await until(async () => (await page.locator('.percept.p-dark').count()) === 0, { what: 'the light theme' });
  });
});

test('on a phone nothing scrolls sideways', { skip }, async () => {
  await dashboard.withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
    await dashboard.answer('chart', 'series', series(Date.now()));
    await dashboard.answer('sources', 'sources', {
      at: Date.now(),
      sources: [health('a-source-with-a-rather-long-name/of-a-machine', 'late')],
    });
    await dashboard.answer('letters', 'letters', { total: 1, letters: [letter(1)] });
    await page.waitForSelector('.p-lane canvas');
    await page.waitForSelector('.p-letters');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px wide`);
  });
});

test('on a wall screen figures are large enough for three metres', { skip }, async () => {
  await dashboard.withPage({ viewport: { width: 2560, height: 1440 } }, async (page) => {
    await dashboard.answer('chart', 'series', series(Date.now()));
    const size = await page
      .locator('.p-lane-value')
      .first()
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    assert.ok(size >= 24, `${size} px`);
  });
});

test('no widget says anything in the console', { skip }, () => assert.deepEqual(dashboard.complaints, []));
