import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { startDashboard } from '../support/dashboard.ts';
import { needs } from '../support/needs.ts';
import type { Message } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
const rate = 8000;
let dashboard: Awaited<ReturnType<typeof startDashboard>>;

before(async () => {
  if (skip) return;
  dashboard = await startDashboard([
    { name: 'machines', type: 'ui-percept-machines', outputs: 3 },
    { name: 'spectrogram', type: 'ui-percept-spectrogram', outputs: 0, source: '' },
  ]);
});
after(() => dashboard?.stop());

const tell = (msg: Message): void => dashboard.nodeRed.inject(dashboard.idOf('machines'), msg);
const draw = (msg: Message): void => dashboard.nodeRed.inject(dashboard.idOf('spectrogram'), msg);
const cardOf = (page: Page, name: string): Locator => page.getByRole('article', { name });

const anomaly = (source: string, more: object = {}) => ({
  anomaly: { source, time: Date.now(), state: 'normal', score: 1.2, threshold: 4, ...more },
});
const finding = (source: string, since: number) => ({
  finding: {
    kind: 'anomaly',
    source,
    quantity: 'sound',
    score: 12,
    threshold: 4,
    severity: 'critical',
    since,
    reasons: ['2.1 kHz is 9 dB louder than normal.'],
    evidence: [],
  },
});
const learning = (source: string, more: object = {}) => ({
  learning: {
    source,
    kind: 'vgg',
    state: 'training',
    progress: 0.4,
    epoch: 8,
    epochs: 20,
    loss: [1, 0.5, 0.25, 0.12],
    validation: [1.1, 0.6, 0.3, 0.2],
    versions: [
      { version: 'v2', kind: 'vgg', madeAt: Date.now(), live: true, scores: { accuracy: 0.962 }, seconds: 31 },
      { version: 'v1', kind: 'normal', madeAt: Date.now() - 60_000, live: false, scores: { threshold: 4 } },
    ],
    ...more,
  },
});

/** A second of sound, loud in one band. */
function spectrogram(source: string, time: number, loud = 20) {
  const [frames, bands] = [32, 64];
  const data = Buffer.alloc(4 * frames * bands);
  for (let i = 0; i < frames * bands; i++) data.writeFloatLE(i % bands === loud ? -20 : -80, 4 * i);
  const centres = Array.from({ length: bands }, (_, i) => 100 * (i + 1));
  return { spectrogram: { source, time, shape: [1, frames, bands], data, scale: 'mel', bands: centres, hop: 0.032 } };
}

/** Half a second of a tone. */
function wav(): Buffer {
  const bytes = Buffer.alloc(44 + rate);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + rate, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  for (const [value, at] of [
    [16, 16],
    [rate, 24],
    [2 * rate, 28],
  ] as const)
    bytes.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    bytes.writeUInt16LE(value, at);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(rate, 40);
  for (let at = 0; at < rate / 2; at++) bytes.writeInt16LE(Math.round(3276 * Math.sin(at / 3)), 44 + 2 * at);
  return bytes;
}

test('each state has its word and its shape; what is worst stands first', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell(anomaly('a-normal'));
    tell(anomaly('b-learning', { state: 'learning', learning: 0.3, score: undefined }));
    tell(anomaly('c-unknown', { state: 'unknown', score: undefined }));
    tell(anomaly('d-broken', { state: 'strange', score: 12, condition: 'bearing-outer', sure: 0.87 }));
    tell(finding('d-broken', Date.now() - 20_000));
    for (const [name, word, shape] of [
      ['a-normal', 'Normal', 'normal'],
      ['b-learning', 'Learning', 'learning'],
      ['c-unknown', 'Not learned', 'unknown'],
      ['d-broken', 'Critical', 'critical'],
    ] as const) {
      const state = cardOf(page, name).locator('.p-card-state');
      await state.getByText(word).waitFor();
      assert.equal(await state.locator(`svg.p-${shape}`).count(), 1, name);
    }
    const broken = await page.locator('article').first().textContent();
    assert.match(broken ?? '', /Critical.*d-broken.*Bearing, outer race, 87% sure.*9 dB louder.*3\.0 × threshold/s);
  });
});

test('a machine that says nothing any more is silent', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell(anomaly('quiet-1'));
    await cardOf(page, 'quiet-1').getByText('Normal').waitFor();
    await page.clock.fastForward(20_000);
    await cardOf(page, 'quiet-1').getByText('Silent').waitFor();
  });
});

test('learn, its progress and loss, and cancel; a page that is opened meanwhile shows the same', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell(anomaly('fan-1', { state: 'unknown', score: undefined }));
    await cardOf(page, 'fan-1').getByRole('button', { name: 'Learn this machine' }).click();
    const sent = await until(() => dashboard.nodeRed.messages('machines-2').at(-1), { what: 'the wish to learn' });
    assert.deepEqual([sent.topic, sent['learn']], ['fan-1', 'start']);

    tell(learning('fan-1'));
    await dashboard.withPage({}, async (other) => {
      for (const one of [page, other]) {
        const card = cardOf(one, 'fan-1');
        await card.getByText('Training, epoch 8 of 20').waitFor();
        assert.equal(await card.getByRole('progressbar').getAttribute('aria-valuenow'), '40');
        assert.match(
          (await card.locator('.p-loss path').last().getAttribute('d')) ?? '',
          /^M0\.00,[\d.]+L.*L100\.00,96\.00$/,
        );
      }
    });
    await cardOf(page, 'fan-1').getByRole('button', { name: 'Cancel' }).click();
    await until(() => dashboard.nodeRed.messages('machines-2').at(-1)?.['learn'] === 'cancel', {
      what: 'the end of it',
    });
    tell(learning('fan-1', { state: 'failed', reason: 'Only 4 s of sound were found; 20 s are needed.' }));
    await cardOf(page, 'fan-1').getByText('Only 4 s of sound were found').waitFor();
  });
});

test('a training can be paused, and goes on; one that is over in a second offers no pause', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell({ ...anomaly('fan-3'), ...learning('fan-3', { state: 'gathering' }) });
    const card = cardOf(page, 'fan-3');
    await card.getByRole('button', { name: 'Cancel' }).waitFor();
    assert.equal(await card.getByRole('button', { name: 'Pause' }).count(), 0);
    tell(learning('fan-3'));
    for (const [button, wish, state] of [
      ['Pause', 'pause', 'paused'],
      ['Go on', 'resume', 'training'],
    ] as const) {
      await card.getByRole('button', { name: button }).click();
      const sent = await until(() => dashboard.nodeRed.messages('machines-2').find((msg) => msg['learn'] === wish));
      assert.equal(sent.topic, 'fan-3');
      tell(learning('fan-3', { state }));
    }
    await card.getByRole('button', { name: 'Pause' }).waitFor();
  });
});

test('models show what they score; going back is asked for twice', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell({ ...anomaly('saw-1'), ...learning('saw-1', { state: 'ready' }) });
    const card = cardOf(page, 'saw-1');
    await card.locator('.p-versions summary').click();
    await until(() => dashboard.nodeRed.messages('machines-2').at(-1)?.['models'] === true, { what: 'the question' });
    assert.match(
      (await card.locator('.p-versions').textContent()) ?? '',
      /v2.*VGG network.*live.*accuracy 0\.962.*v1.*learned normal/s,
    );
    const before = dashboard.nodeRed.messages('machines-2').length;
    await card.getByRole('button', { name: 'Go back to this' }).click();
    await card.getByText('Judge by version v1 from now on?').waitFor();
    assert.equal(dashboard.nodeRed.messages('machines-2').length, before);
    await card.getByRole('button', { name: 'Yes, go back' }).click();
    const sent = await until(() => dashboard.nodeRed.messages('machines-2')[before], { what: 'the way back' });
    assert.deepEqual([sent.topic, sent['rollback']], ['saw-1', 'v1']);
  });
});

test('the seconds when it began are asked for, played, and made as loud as can be heard', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    const since = Date.now() - 30_000;
    tell(anomaly('pump-1', { state: 'strange', score: 9 }));
    tell(finding('pump-1', since));
    const card = cardOf(page, 'pump-1');
    await card.getByRole('button', { name: 'Its start' }).click();
    const sound = { source: 'pump-1', quantity: 'sound', from: since, to: since + 500, missing: 2, wav: wav() };
    const { payload } = await dashboard.answer('machines', 'sound', sound);
    const { from, to, sources, quantities } = payload;
    assert.deepEqual([from, to, sources, quantities], [since, since + 10_000, ['pump-1'], ['sound']]);
    await card.getByText(/0\.5 s, played 7 times as loud.*2 recordings of it are gone/).waitFor();
  });
});

test('a sound that cannot be had says why', { skip }, async () => {
  await dashboard.withPage({}, async (page) => {
    tell(anomaly('mill-1'));
    const before = dashboard.questions('machines').length;
    await cardOf(page, 'mill-1').getByRole('button', { name: 'Now' }).click();
    const question = await until(() => dashboard.questions('machines')[before], { what: 'the question' });
    const { request, _client } = question;
    tell({ error: { message: 'Of mill-1 (sound) nothing was recorded.' }, request, _client });
    await cardOf(page, 'mill-1').getByText('nothing was recorded').waitFor();
    await cardOf(page, 'mill-1').getByRole('button', { name: 'Now' }).click();
    await page.clock.fastForward(9_000);
    await cardOf(page, 'mill-1').getByText('The history did not answer.').waitFor();
  });
});

/** Colours that the middle of a picture has, from left to right. */
function colors(page: Page): Promise<string[]> {
  return page.locator('.p-spectrogram canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const row = new OffscreenCanvas(canvas.width || 1, 1).getContext('2d', { willReadFrequently: true });
    row?.drawImage(canvas, 0, -(canvas.height >> 1));
    const data = row?.getImageData(0, 0, canvas.width || 1, 1).data ?? [];
    return Array.from({ length: canvas.width }, (_, x) => data.slice(4 * x, 4 * x + 4).join());
  });
}

test('a page that is opened shows the last minute at once, moves on with what comes, and marks what was found', {
  skip,
}, async () => {
  const now = Date.now();
  for (let i = 30; i > 0; i--) draw(spectrogram('press-1', now - 1024 * i, 32));
  await dashboard.withPage({}, async (page) => {
    await page.locator('.p-spectrogram-source').getByText('press-1').waitFor();
    const filled = async () => (await colors(page)).filter((color) => !color.endsWith(',0')).length;
    await until(async () => (await filled()) > 300, { what: 'half a minute of sound' });
    const before = await filled();
    for (let i = 0; i < 8; i++) draw(spectrogram('press-1', now + 1024 * i, 32));
    await until(async () => (await filled()) > before + 50, { what: 'more sound' });
    draw(finding('press-1', now - 9000));
    await page
      .locator('.p-spectrogram .p-picture-band')
      .getByText(/Critical/)
      .waitFor();
    await page.locator('.p-spectrogram canvas').hover();
    await page
      .locator('.p-spectrogram-reading')
      .getByText(/\d dB|–/)
      .waitFor();
  });
});

test('each page shows the machine of its own choice, also the one that was picked on a card', { skip }, async () => {
  for (const source of ['x-1', 'x-2']) draw(spectrogram(source, Date.now()));
  tell(anomaly('x-2'));
  await dashboard.withPage({}, async (page) => {
    const shown = page.locator('select.p-spectrogram-source');
    await shown.selectOption('x-1');
    await dashboard.withPage({}, async (other) => {
      await other.locator('select.p-spectrogram-source').waitFor();
      await cardOf(other, 'x-2').getByTitle('Show it large').click();
      const picked = await until(() => dashboard.nodeRed.messages('machines-3').at(-1), { what: 'the machine picked' });
      assert.deepEqual(picked['select'], { sources: ['x-2'] });
      const { select, _client } = picked;
      draw({ select, _client });
      await until(async () => (await other.locator('select.p-spectrogram-source').inputValue()) === 'x-2');
      assert.equal(await shown.inputValue(), 'x-1');
    });
  });
});

test('a Korean browser reads Korean, and a phone scrolls in one direction only', { skip }, async () => {
  await dashboard.withPage({ locale: 'ko-KR', viewport: { width: 390, height: 844 } }, async (page) => {
    tell(anomaly('a-source-with-a-rather-long-name/of-a-machine'));
    await page.getByText('학습한 대로의 소리입니다.').first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px wide`);
  });
});

test('neither widget says anything in the console', { skip }, () => assert.deepEqual(dashboard.complaints, []));
