import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AlertsPage, alert, cardOf, channels, over, phone, silence } from '../support/alerts-page.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const skip = needs('chromium');
let alerts: AlertsPage;

before(async () => {
  if (!skip) alerts = await AlertsPage.start();
});
after(() => alerts?.stop());

test('an alert that opens is there at once, without being asked for, and goes below when it is over', {
  skip,
}, async () => {
  await alerts.withPage({}, async (page) => {
    await page.getByText('All calm.').waitFor();
    const { opened } = alert(7);
    alerts.tell({ topic: 'door', payload: 'open', alert: alert(7, { state: 'open', deliveries: [] }), steps: [] });
    await cardOf(page, /door-7/)
      .getByText('Nobody reached yet')
      .waitFor();
    alerts.tell({ alert: alert(7, { opened }) });
    await cardOf(page, /door-7/)
      .getByText('Told, nobody has it yet')
      .waitFor();
    // a notice for a channel is nothing for the page
    alerts.tell({ alert: { ...alert(8), notice: '8.1', channel: 'push' } });
    alerts.tell({ alert: alert(7, { state: 'resolved', by: 'anna' }) });
    await page.getByText('All calm.').waitFor();
    await page.getByRole('region', { name: 'Past' }).getByText('Over; anna had it').waitFor();
    assert.equal(await page.locator('article').count(), 0);
  });
});

test('one tap takes it: the alert node gets the id, the policy as topic, and who has signed in', { skip }, async () => {
  await alerts.withPage({ open: [alert(1)] }, async (page) => {
    const before = alerts.requests().length;
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'I take it' })
      .click();
    const sent = await alerts.sentAfter(before);
    assert.deepEqual([sent['acknowledge'], sent.topic, 'of' in sent], [{ id: 1, by: '' }, 'door', false]);
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'Taking it…' })
      .waitFor();
    alerts.tell({ alert: alert(1, { state: 'acknowledged', by: 'anna' }) });
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
  await alerts.withPage({ open: [alert(1)] }, async (page) => {
    const before = alerts.requests().length;
    const take = cardOf(page, /door-1/).getByRole('button', { name: 'I take it' });
    await take.waitFor();
    // the page's clock stands: the list is still moving. Ahead, so that it is not past when the page is told, yet no socket times out
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 10_000);
    alerts.tell({ alert: alert(2) });
    await cardOf(page, /door-2/).waitFor();
    const box = await cardOf(page, /door-2/)
      .getByRole('button', { name: 'I take it' })
      .boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    assert.equal(alerts.requests().length, before);
    await page.clock.resume();
    await take.click();
    assert.deepEqual((await alerts.sentAfter(before))['acknowledge'], { id: 1, by: '' });
  });
});

test('it can be put off for a quarter of an hour, an hour, or until the morning', { skip }, async () => {
  await alerts.withPage({ open: [alert(1)] }, async (page) => {
    const card = cardOf(page, /door-1/);
    for (const [name, least, most] of [
      ['15 min', 15, 15],
      ['1 hour', 60, 60],
      [/^until 07:00/, 1, 24 * 60],
    ] as const) {
      const before = alerts.requests().length;
      await card.getByRole('button', { name: 'Later' }).click();
      await card.getByRole('button', { name }).click();
      const { id, minutes } = (await alerts.sentAfter(before))['snooze'] as { id: number; minutes: number };
      assert.equal(id, 1);
      assert.ok(minutes >= least && minutes <= most, String(minutes));
      alerts.tell({ alert: alert(1, { state: 'snoozed', by: 'anna' }) });
      await card.getByText('Put off until').waitFor();
      alerts.tell({ alert: alert(1) });
      await card.getByText('Told, nobody has it yet').waitFor();
    }
  });
});

test('a silence has what it covers, an end and a reason; it is listed with its author and can be ended', {
  skip,
}, async () => {
  const silences = [silence()];
  await alerts.withPage({ open: [alert(1, { source: 'door, north', title: 'x door-1' })], silences }, async (page) => {
    const card = cardOf(page, /door-1/);
    await card.getByRole('button', { name: 'Silence' }).click();
    await card.getByRole('combobox').first().selectOption('source');
    await card.getByRole('combobox').nth(1).selectOption('240');
    const before = alerts.requests().length;
    await card.getByRole('button', { name: 'Silence it' }).click();
    // no silence without a reason
    assert.equal(alerts.requests().length, before);
    await card.getByRole('textbox').fill('new lock');
    await card.getByRole('button', { name: 'Silence it' }).click();
    const sent = await alerts.sentAfter(before);
    assert.deepEqual(sent['silence'], { source: 'door* north', reason: 'new lock', minutes: 240, by: '' });
    // the alert node tells that it has begun, also where this alert goes on
    alerts.tell({ ...sent, payload: 5 });
    await card.getByRole('button', { name: 'I take it', disabled: false }).waitFor();
    const list = page.getByRole('region', { name: 'Silences' });
    assert.match((await list.textContent()) ?? '', /yard\*.*anna, until.*painters/);
    await list.getByRole('button', { name: 'End it' }).click();
    assert.deepEqual((await alerts.sentAfter(before + 1))['silence'], { end: 4, by: '' });
  });
});

test('a viewer sees everything and no button that acts', { skip }, async () => {
  const silences = [silence()];
  await alerts.withPage(
    { open: [alert(1)], past: [over(2)], silences, user: { name: 'mina', role: 'viewer' } },
    async (page) => {
      alerts.tell({ channels });
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
  await alerts.withPage({ open: [alert(1)] }, async (page) => {
    const before = alerts.requests().length;
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'It is over' })
      .click();
    const sent = await alerts.sentAfter(before);
    alerts.tell({ ...sent, error: { message: 'There is no open alert 1 for resolve.' } });
    await page.getByRole('alert').getByText('There is no open alert 1').waitFor();
    await cardOf(page, /door-1/)
      .getByRole('button', { name: 'I take it' })
      .click();
    await alerts.sentAfter(before + 1);
    await page.clock.fastForward(9_000);
    await page.getByRole('alert').getByText('Is the second output wired').waitFor();
  });
});

test('when the history cannot be asked, what is known stays, and says that it may be old', { skip }, async () => {
  await alerts.withPage({ open: [alert(1)] }, async (page) => {
    const before = alerts.dashboard.questions('alerts').length;
    await page.clock.fastForward(11_000);
    const { request, _client } = await until(
      () =>
        alerts.dashboard
          .questions('alerts')
          .slice(before)
          .findLast(({ payload }) => payload.kind === 'alerts'),
      { what: 'the next question' },
    );
    alerts.tell({ error: { message: 'The database does not answer.' }, request, _client });
    await page.getByText('What you see may be out of date. The database does not answer.').waitFor();
    assert.equal(await page.locator('article').count(), 1);
  });
});

test('buttons are large enough for a thumb', { skip }, async () => {
  await alerts.withPage(
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

test('the widget says nothing in the console', { skip }, () => assert.deepEqual(alerts.dashboard.complaints, []));
