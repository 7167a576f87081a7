import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startDashboard } from '../support/dashboard.ts';
import { needs } from '../support/needs.ts';
import type { Message } from '../support/node-red.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
/** Where pictures go, if anywhere: `PERCEPT_SCREENSHOTS=dir node --test test/browser/alerts.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
const phone = { viewport: { width: 390, height: 844 } };
const desk = { viewport: { width: 1440, height: 1080 } };
const minute = 60_000;
let dashboard: Awaited<ReturnType<typeof startDashboard>>;

before(async () => {
  if (skip) return;
  dashboard = await startDashboard([{ name: 'alerts', type: 'ui-percept-alerts', outputs: 3 }]);
});
after(() => dashboard?.stop());

const tell = (msg: Message): void => dashboard.nodeRed.inject(dashboard.idOf('alerts'), msg);
const requests = () => dashboard.nodeRed.messages('alerts-2').filter((msg) => msg['policy'] === undefined);
const cardOf = (page: Page, name: string | RegExp): Locator => page.getByRole('article', { name });

function alert(id: number, more: object = {}) {
  return {
    ...{ id, policy: 'door', key: `following/door-${id}/`, state: 'notified', severity: 'critical', kind: 'following' },
    ...{ source: `door-${id}`, zone: '', title: `Critical: following, door-${id}`, count: 1, round: 1, step: 1 },
    opened: Date.now() - 2 * minute,
    reasons: ['Somebody follows 0.6 m behind whoever opened the door.'],
    evidence: [],
    deliveries: [{ channel: 'page', to: 'anna', state: 'delivered', at: Date.now() - minute }],
    ...more,
  };
}
const over = (id: number, more: object = {}) =>
  alert(id, {
    state: 'resolved',
    opened: Date.now() - 90 * minute,
    closed: Date.now() - 80 * minute,
    by: 'ben',
    ...more,
  });

interface Given {
  readonly open?: readonly object[];
  readonly past?: readonly object[];
  readonly next?: number;
  readonly silences?: readonly object[];
  readonly user?: object;
}

/** Answers what a page asks when it opens. */
async function answer({ open = [], past = [], next, silences = [], user }: Given): Promise<void> {
  const payload = { at: Date.now(), open, openTotal: open.length, past, ...(next === undefined ? {} : { next }) };
  const asked = await dashboard.answer('alerts', 'alerts', payload);
  if (user) {
    const { request, _client } = asked;
    tell({ payload: { kind: 'alerts', ...payload }, request, _client: { ..._client, user } });
  }
  await dashboard.answer('alerts', 'silences', { at: Date.now(), silences });
}

async function withPage(
  given: Given,
  act: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const page = await dashboard.open(options);
  try {
    await answer(given);
    await page.locator('.p-alerts-body').waitFor();
    await act(page);
  } finally {
    await page.context().close();
  }
}

async function picture(page: Page, name: string): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.equal(width[0], width[1], `${name} scrolls sideways`);
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `alerts-${name}.png`) });
}

/** What the page sent last, after so many. */
const sentAfter = (count: number): Promise<Message> => until(() => requests()[count], { what: 'a request' });

test('an alert that opens is there at once, without being asked for, and goes below when it is over', {
  skip,
}, async () => {
  await withPage({}, async (page) => {
    await page.getByText('All calm.').waitFor();
    const { opened } = alert(7);
    tell({ topic: 'door', payload: 'open', alert: alert(7, { state: 'open', deliveries: [] }), steps: [] });
    await cardOf(page, /door-7/)
      .getByText('Nobody reached yet')
      .waitFor();
    tell({ alert: alert(7, { opened }) });
    await cardOf(page, /door-7/)
      .getByText('Told, nobody has it yet')
      .waitFor();
    // a notice for a channel is nothing for the page
    tell({ alert: { ...alert(8), notice: '8.1', channel: 'push' } });
    tell({ alert: alert(7, { state: 'resolved', by: 'anna' }) });
    await page.getByText('All calm.').waitFor();
    await page.getByRole('region', { name: 'Past' }).getByText('Over; anna had it').waitFor();
    assert.equal(await page.locator('article').count(), 0);
  });
});

test('one tap takes it: the alert node gets the id, the policy as topic, and who has signed in', { skip }, async () => {
  await withPage({ open: [alert(1)] }, async (page) => {
    const before = requests().length;
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'I take it' })
      .click();
    const sent = await sentAfter(before);
    assert.deepEqual([sent['acknowledge'], sent.topic, 'of' in sent], [{ id: 1, by: '' }, 'door', false]);
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'Taking it…' })
      .waitFor();
    tell({ alert: alert(1, { state: 'acknowledged', by: 'anna' }) });
    await cardOf(page, /door-1/)
      .getByText('Taken by anna')
      .waitFor();
    assert.equal(
      await cardOf(page, /door-1/)
        .getByRole('button', { name: 'I take it' })
        .count(),
      0,
    );
  });
});

test('a tap that comes just as the list moves takes nothing that was not meant', { skip }, async () => {
  await withPage({ open: [alert(1)] }, async (page) => {
    const before = requests().length;
    const take = cardOf(page, /door-1/).getByRole('button', { name: 'I take it' });
    await take.waitFor();
    // the page's clock stands: the list is still moving
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 100);
    tell({ alert: alert(2) });
    await cardOf(page, /door-2/).waitFor();
    const box = await cardOf(page, /door-2/)
      .getByRole('button', { name: 'I take it' })
      .boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    assert.equal(requests().length, before);
    await page.clock.resume();
    await take.click();
    assert.deepEqual((await sentAfter(before))['acknowledge'], { id: 1, by: '' });
  });
});

test('it can be put off for a quarter of an hour, an hour, or until the morning', { skip }, async () => {
  await withPage({ open: [alert(1)] }, async (page) => {
    const card = cardOf(page, /door-1/);
    for (const [name, least, most] of [
      ['15 min', 15, 15],
      ['1 hour', 60, 60],
      [/^until 07:00/, 1, 24 * 60],
    ] as const) {
      const before = requests().length;
      await card.getByRole('button', { name: 'Later' }).click();
      await card.getByRole('button', { name }).click();
      const { id, minutes } = (await sentAfter(before))['snooze'] as { id: number; minutes: number };
      assert.equal(id, 1);
      assert.ok(minutes >= least && minutes <= most, String(minutes));
      tell({ alert: alert(1, { state: 'snoozed', by: 'anna' }) });
      await card.getByText('Put off until').waitFor();
      tell({ alert: alert(1) });
      await card.getByText('Told, nobody has it yet').waitFor();
    }
  });
});

test('a silence has what it covers, an end and a reason; it is listed with its author and can be ended', {
  skip,
}, async () => {
  const silences = [
    {
      id: 4,
      policy: 'door',
      key: '',
      kind: '',
      source: 'yard*',
      zone: '',
      author: 'anna',
      reason: 'painters',
      from: 1,
      until: Date.now() + minute,
    },
  ];
  await withPage({ open: [alert(1, { source: 'door, north', title: 'x door-1' })], silences }, async (page) => {
    const card = cardOf(page, /door-1/);
    await card.getByRole('button', { name: 'Silence' }).click();
    await card.getByRole('combobox').first().selectOption('source');
    await card.getByRole('combobox').nth(1).selectOption('240');
    const before = requests().length;
    await card.getByRole('button', { name: 'Silence it' }).click();
    // no silence without a reason
    assert.equal(requests().length, before);
    await card.getByRole('textbox').fill('new lock');
    await card.getByRole('button', { name: 'Silence it' }).click();
    const sent = await sentAfter(before);
    assert.deepEqual(sent['silence'], { source: 'door* north', reason: 'new lock', minutes: 240, by: '' });
    // the alert node tells that it has begun, also where this alert goes on
    tell({ ...sent, payload: 5 });
    await card.getByRole('button', { name: 'I take it', disabled: false }).waitFor();
    const list = page.getByRole('region', { name: 'Silences' });
    assert.match((await list.textContent()) ?? '', /yard\*.*anna, until.*painters/);
    await list.getByRole('button', { name: 'End it' }).click();
    assert.deepEqual((await sentAfter(before + 1))['silence'], { end: 4, by: '' });
  });
});

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
    {
      number: 1,
      occasion: 'step',
      round: 1,
      step: 0,
      channel: 'page',
      to: 'anna',
      state: 'failed',
      attempts: 2,
      created: Date.now() - 20_000,
      handed: Date.now() - 20_000,
      answered: Date.now() - 19_000,
      error: 'no such phone',
    },
    {
      number: 2,
      occasion: 'step',
      round: 1,
      step: 1,
      channel: 'sms',
      to: 'ben',
      state: 'delivered',
      attempts: 1,
      created: Date.now() - 15_000,
      handed: Date.now() - 15_000,
      answered: Date.now() - 14_000,
      error: '',
    },
    {
      number: 3,
      occasion: 'repeat',
      round: 2,
      step: 0,
      channel: 'mail',
      to: '',
      state: 'taken',
      attempts: 1,
      created: Date.now() - 9_000,
      handed: Date.now() - 9_000,
      answered: Date.now() - 9_000,
      error: '',
      sending: { channel: 'c1', attempts: 3, error: 'server away', due: Date.now() + 9_000 },
    },
  ],
};

test('a tap on a past alert shows every step and delivery with its time', { skip }, async () => {
  await withPage({ past: [over(1)] }, async (page) => {
    const past = page.getByRole('region', { name: 'Past' });
    await past.getByRole('button', { name: /door-1/ }).click();
    const { payload } = await dashboard.answer('alerts', 'alert', timeline);
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
  await withPage({ past: [over(900)], next: 900 }, async (page) => {
    const past = page.getByRole('region', { name: 'Past' });
    const asked = dashboard.questions('alerts').length;
    await past.getByRole('button', { name: 'Show more' }).click();
    const more = await dashboard.answer(
      'alerts',
      'alerts',
      { at: Date.now(), open: [], openTotal: 0, past: [over(800)] },
      asked,
    );
    assert.equal(more.payload['before'], 900);
    await past.getByText('door-800').waitFor();
    assert.equal(await past.getByRole('button', { name: 'Show more' }).count(), 0);
    const before = dashboard.questions('alerts').length;
    await past.getByRole('searchbox').fill('yard');
    await past.getByRole('searchbox').press('Enter');
    const { payload } = await dashboard.answer(
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
const channels = [
  { id: 'c1', name: 'Phones', kind: 'push', waiting: 0, lastDelivered: Date.now() - minute, lastError: null },
  {
    id: 'c2',
    name: 'Mail',
    kind: 'email',
    waiting: 3,
    lastDelivered: null,
    lastError: 'The server refused the password.',
    lastErrorAt: Date.now() - minute,
  },
];

test('who has duty, quiet hours, the chain and the next step are told; unasked answers of nobody are not missed', {
  skip,
}, async () => {
  const next = Date.now() + 15_000;
  await withPage({ open: [alert(1, { next })] }, async (page) => {
    assert.equal(await page.locator('.p-alerts-side > *').count(), 0);
    tell({ policy });
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
  await withPage({}, async (page) => {
    const asked = await until(() => dashboard.nodeRed.messages('alerts-3').find(({ about }) => about === 'channels'), {
      what: 'the question',
    });
    assert.ok(asked);
    tell({ channels });
    const list = page.getByRole('region', { name: 'Channels' });
    await list.getByText('Phones').waitFor();
    assert.match(
      (await list.textContent()) ?? '',
      /Mail email.*nothing delivered yet.*3 waiting.*The server refused the password.*Phones push.*delivered \d\d:/s,
    );
    await list.getByRole('button', { name: 'Test' }).first().click();
    const sent = await until(() => dashboard.nodeRed.messages('alerts-3').find((msg) => 'test' in msg), {
      what: 'the test',
    });
    assert.deepEqual(sent['test'], { channel: 'c2' });
    await list.getByText('Sent…').waitFor();
    const tests = [{ id: 'c2', ok: false, error: 'The server refused the password.' }];
    tell({ about: 'channels', channels, tests, _client: sent['_client'] });
    await list.getByText('The test failed. The server refused').waitFor();
    await list.getByRole('button', { name: 'Test' }).nth(1).click();
    tell({ about: 'channels', channels, tests: [{ id: 'c1', ok: true }], _client: sent['_client'] });
    await list.getByText('The test has got through.').waitFor();
  });
});

test('a viewer sees everything and no button that acts', { skip }, async () => {
  const silences = [
    {
      id: 4,
      policy: 'door',
      key: '',
      kind: '',
      source: 'yard',
      zone: '',
      author: 'anna',
      reason: 'painters',
      from: 1,
      until: Date.now() + minute,
    },
  ];
  await withPage(
    { open: [alert(1)], past: [over(2)], silences, user: { name: 'mina', role: 'viewer' } },
    async (page) => {
      tell({ channels });
      await page.getByText('You may look').waitFor();
      await page.getByText('Phones').waitFor();
      const names = await page.locator('.p-alerts button').allTextContents();
      assert.deepEqual(
        names.map((name) => name.trim()).filter((name) => !/What happened|following · door-2/.test(name)),
        [],
      );
    },
  );
});

test('what could not be done says why, on the page that asked; without an answer the wiring is asked for', {
  skip,
}, async () => {
  await withPage({ open: [alert(1)] }, async (page) => {
    const before = requests().length;
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'It is over' })
      .click();
    const sent = await sentAfter(before);
    tell({ ...sent, error: { message: 'There is no open alert 1 for resolve.' } });
    await page.getByRole('alert').getByText('There is no open alert 1').waitFor();
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'I take it' })
      .click();
    await sentAfter(before + 1);
    await page.clock.fastForward(9_000);
    await page.getByRole('alert').getByText('Is the second output wired').waitFor();
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
      {
        id: 4,
        policy: 'door',
        key: '',
        kind: 'loitering',
        source: 'yard*',
        zone: '',
        author: 'anna',
        reason: 'painters at the north wall until Friday',
        from: 1,
        until: Date.now() + 90 * minute,
      },
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
      await withPage(
        { open: few, past, silences, next: 3 },
        async (page) => {
          tell({ policy });
          tell({ channels });
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
          await dashboard.answer('alerts', 'alert', timeline);
          await page.locator('.p-timeline').waitFor();
          await row.scrollIntoViewIfNeeded();
          await picture(page, `${name}-timeline`);
        },
        { ...options, locale, colorScheme: colours },
      );
    }
    const many = Array.from({ length: 100 }, (_, i) => alert(i + 1, long));
    await withPage(
      { open: many, past: [over(999, long)] },
      async (page) => {
        assert.equal(await page.locator('article').count(), 100);
        await picture(page, `${name}-many`);
      },
      options,
    );
  });
}

test('when the history cannot be asked, what is known stays, and says that it may be old', { skip }, async () => {
  await withPage({ open: [alert(1)] }, async (page) => {
    const before = dashboard.questions('alerts').length;
    await page.clock.fastForward(11_000);
    const { request, _client } = await until(
      () =>
        dashboard
          .questions('alerts')
          .slice(before)
          .findLast(({ payload }) => payload.kind === 'alerts'),
      { what: 'the next question' },
    );
    tell({ error: { message: 'The database does not answer.' }, request, _client });
    await page.getByText('What you see may be out of date. The database does not answer.').waitFor();
    assert.equal(await page.locator('article').count(), 1);
  });
});

test('buttons are large enough for a thumb', { skip }, async () => {
  await withPage(
    { open: [alert(1)] },
    async (page) => {
      for (const button of await page.locator('.p-acts button').all()) {
        const box = await button.boundingBox();
        assert.ok((box?.height ?? 0) >= 44, `${await button.textContent()}: ${box?.height} px`);
      }
    },
    phone,
  );
});

test('the widget says nothing in the console', { skip }, () => assert.deepEqual(dashboard.complaints, []));
