import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AlertsPage,
  alert,
  cardOf,
  channels,
  desk,
  minute,
  over,
  phone,
  picture,
  silence,
} from '../support/alerts-page.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
let alerts: AlertsPage;

before(async () => {
  if (!skip) alerts = await AlertsPage.start();
});
after(() => alerts?.stop());

/** @param handed s ago, as `answered` is */
function notice(
  number: number,
  handed: number,
  { answered = handed, ...rest }: { answered?: number; [name: string]: unknown },
) {
  const ago = (seconds: number): number => Date.now() - seconds * 1000;
  return {
    ...{ number, occasion: 'step', round: 1, step: 0, to: '', attempts: 1, error: '' },
    ...{ created: ago(handed), handed: ago(handed), answered: ago(answered) },
    ...rest,
  };
}

const timeline = {
  at: Date.now(),
  alert: alert(1),
  earlier: 0,
  steps: [
    ['opened', { kind: 'following', source: 'door-1', severity: 'critical' }],
    ['escalated', { step: 0, round: 1, channel: 'page' }],
    ['handed', { notice: 1, channel: 'page', to: 'anna', occasion: 'step' }],
    ['failed', { notice: 1, channel: 'page', to: 'anna', occasion: 'step', error: 'no such phone' }],
    ['failed-over', { step: 1 }],
    ['handed', { notice: 2, channel: 'sms', to: 'ben', occasion: 'step' }],
    ['delivered', { notice: 2, channel: 'sms', to: 'ben', occasion: 'step' }],
    ['from a later version', { channel: 'sms' }],
    ['acknowledged', {}],
  ].map(([kind, detail], i) => ({
    number: i + 1,
    time: Date.now() - (20 - i) * 1000,
    kind,
    by: kind === 'acknowledged' ? 'ben' : '',
    detail,
  })),
  notices: [
    notice(1, 20, { channel: 'page', to: 'anna', state: 'failed', attempts: 2, answered: 19, error: 'no such phone' }),
    notice(2, 15, { channel: 'sms', to: 'ben', state: 'delivered', step: 1, answered: 14 }),
    notice(3, 9, {
      ...{ channel: 'mail', state: 'taken', occasion: 'repeat', round: 2 },
      sending: { channel: 'c1', attempts: 3, error: 'server away', due: Date.now() + 9_000 },
    }),
  ],
};

test('a tap on a past alert shows every step and delivery with its time', { skip }, async () => {
  await alerts.withPage({ past: [over(1)] }, async (page) => {
    const past = page.getByRole('region', { name: 'Past' });
    await past.getByRole('button', { name: /door-1/ }).click();
    const { payload } = await alerts.dashboard.answer('alerts', 'alert', timeline);
    assert.equal(payload['alert'], 1);
    await past.getByText('ben takes it').waitFor();
    const text = (await past.locator('.p-timeline').textContent()) ?? '';
    const clock = '\\d\\d:\\d\\d:\\d\\d';
    for (const part of [
      `${clock}.{0,5}page → anna alert: failed · ${clock} · 2 times handed over.{0,5}no such phone`,
      `${clock}.{0,5}sms → ben alert: delivered · ${clock}`,
      `mail again: is being sent.*attempt 3; next at ${clock} · server away`,
      `${clock}.{0,5}Opened: following, door-1`,
      `${clock}.{0,5}Step 1: page`,
      `${clock}.{0,5}Failed: page → anna. no such phone`,
      `${clock}.{0,5}Nobody reached: the next step at once`,
      `from a later version: sms`,
      `${clock}.{0,5}ben takes it`,
    ])
      assert.match(text, new RegExp(part, 's'));
    await past.getByRole('button', { name: /door-1/ }).click();
    assert.equal(await past.locator('.p-timeline').count(), 0);
  });
});

test('past alerts are looked for by source and severity, and further back', { skip }, async () => {
  await alerts.withPage({ past: [over(900)], next: 900 }, async (page) => {
    const past = page.getByRole('region', { name: 'Past' });
    const asked = alerts.dashboard.questions('alerts').length;
    await past.getByRole('button', { name: 'Show more' }).click();
    const more = await alerts.dashboard.answer(
      'alerts',
      'alerts',
      { at: Date.now(), open: [], openTotal: 0, past: [over(800)] },
      asked,
    );
    assert.equal(more.payload['before'], 900);
    await past.getByText('door-800').waitFor();
    assert.equal(await past.getByRole('button', { name: 'Show more' }).count(), 0);
    const before = alerts.dashboard.questions('alerts').length;
    await past.getByRole('searchbox').fill('yard');
    await past.getByRole('searchbox').press('Enter');
    const { payload } = await alerts.dashboard.answer(
      'alerts',
      'alerts',
      { at: Date.now(), open: [], openTotal: 0, past: [], next: 70 },
      before,
    );
    assert.deepEqual(payload['sources'], ['*yard*']);
    await past.getByText('None among those that were looked through.').waitFor();
    await past.getByRole('button', { name: 'Look further back' }).waitFor();
  });
});

const policy = {
  name: 'door',
  quiet: { hours: '22:00-07:00', until: Date.now() + 60 * minute },
  duties: [{ name: 'watch', people: ['anna'], until: Date.now() + 60 * minute, next: ['ben'] }],
  chains: [
    {
      name: '',
      steps: [
        { after: 0, channel: 'page', to: ['watch'] },
        { after: 20, channel: 'webhook', to: ['ben'] },
      ],
    },
  ],
  repeat: 60,
};
test('who has duty, quiet hours, the chain and the next step are told; unasked answers of nobody are not missed', {
  skip,
}, async () => {
  const next = Date.now() + 15_000;
  await alerts.withPage({ open: [alert(1, { next })] }, async (page) => {
    assert.equal(await page.locator('.p-alerts-side > *').count(), 0);
    alerts.tell({ policy });
    const duty = page.getByRole('region', { name: 'On call' });
    await duty.getByText('anna').first().waitFor();
    assert.match(
      (await duty.textContent()) ?? '',
      /watchanna until .*then ben.*Quiet hours until.*at once: page → watch.*after 20 sec: webhook → ben.*again after 1 min/s,
    );
    await cardOf(page, /door-1/)
      .getByText(/Next: webhook → ben, in \d+ sec/)
      .waitFor();
  });
});

test('each channel tells how it is, and a button tries it', { skip }, async () => {
  await alerts.withPage({}, async (page) => {
    const asked = await until(
      () => alerts.dashboard.nodeRed.messages('alerts-3').find(({ about }) => about === 'channels'),
      {
        what: 'the question',
      },
    );
    assert.ok(asked);
    alerts.tell({ channels });
    const list = page.getByRole('region', { name: 'Channels' });
    await list.getByText('Phones').waitFor();
    assert.match(
      (await list.textContent()) ?? '',
      /Mail email.*nothing delivered yet.*3 waiting.*The server refused the password.*Phones push.*delivered \d\d:/s,
    );
    await list.getByRole('button', { name: 'Test' }).first().click();
    const sent = await until(() => alerts.dashboard.nodeRed.messages('alerts-3').find((msg) => 'test' in msg), {
      what: 'the test',
    });
    assert.deepEqual(sent['test'], { channel: 'c2' });
    await list.getByText('Sent…').waitFor();
    const tests = [{ id: 'c2', ok: false, error: 'The server refused the password.' }];
    alerts.tell({ about: 'channels', channels, tests, _client: sent['_client'] });
    await list.getByText('The test failed. The server refused').waitFor();
    await list.getByRole('button', { name: 'Test' }).nth(1).click();
    alerts.tell({ about: 'channels', channels, tests: [{ id: 'c1', ok: true }], _client: sent['_client'] });
    await list.getByText('The test has got through.').waitFor();
  });
});

const long = {
  source: `a-camera-with-a-rather-long-name/${'of-a-door-'.repeat(6)}`,
  reasons: [
    'Somebody follows 0.6 m behind whoever opened the door with a key, has not used a key of their own, and stands inside now for 40 s, which none of the 2,300 people of the last month did.',
    `Averyveryverylongwordwithoutanyplacetobreak${'x'.repeat(120)}`,
  ],
};

for (const [name, options] of [
  ['phone', phone],
  ['wide', desk],
] as const) {
  test(`on a ${name} screen everything fits, in light and dark, also long texts and a hundred alerts`, {
    skip,
  }, async () => {
    const next = Date.now() + 15_000;
    const silences = [
      silence({
        kind: 'loitering',
        reason: 'painters at the north wall until Friday',
        until: Date.now() + 90 * minute,
      }),
    ];
    const few = [
      alert(1, { next }),
      alert(2, { severity: 'warning', state: 'acknowledged', by: 'ben', kind: 'loitering' }),
      alert(3, { severity: 'notice', state: 'snoozed', until: Date.now() + minute, kind: 'clock' }),
    ];
    const past = Array.from({ length: 8 }, (_, i) =>
      over(100 - i, { severity: ['critical', 'warning', 'notice'][i % 3] }),
    );
    for (const [colours, locale] of [
      ['light', 'en-GB'],
      ['dark', 'ko-KR'],
    ] as const) {
      await alerts.withPage(
        { open: few, past, silences, next: 3 },
        async (page) => {
          alerts.tell({ policy });
          alerts.tell({ channels });
          await page.locator('.p-duty').waitFor();
          await page.locator('.p-rows').nth(1).waitFor();
          await picture(page, `${name}-${colours}`);
          if (colours === 'dark') {
            await page.getByRole('heading', { name: '뒤따라 들어옴 · door-1' }).waitFor();
            return;
          }
          await cardOf(page, /door-1/)
            .getByRole('button', { name: 'Silence' })
            .click();
          await page.locator('.p-silence').waitFor();
          await picture(page, `${name}-silence`);
          const row = page.getByRole('button', { name: /door-100/ });
          await row.click();
          await alerts.dashboard.answer('alerts', 'alert', timeline);
          await page.locator('.p-timeline').waitFor();
          await row.scrollIntoViewIfNeeded();
          await picture(page, `${name}-timeline`);
        },
        { ...options, locale, colorScheme: colours },
      );
    }
    const many = Array.from({ length: 100 }, (_, i) => alert(i + 1, long));
    await alerts.withPage(
      { open: many, past: [over(999, long)] },
      async (page) => {
        assert.equal(await page.locator('article').count(), 100);
        await picture(page, `${name}-many`);
      },
      options,
    );
  });
}

test('the widget says nothing in the console', { skip }, () => assert.deepEqual(alerts.dashboard.complaints, []));
