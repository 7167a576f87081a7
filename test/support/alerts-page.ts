import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { startDashboard } from './dashboard.ts';
import type { Message } from './node-red.ts';
import { until } from './until.ts';
import type { WindowOptions } from './windows.ts';

/** Where pictures go, if anywhere: `PERCEPT_SCREENSHOTS=dir node --test test/browser/alerts-shown.test.ts` */
const pictures = process.env['PERCEPT_SCREENSHOTS'];
export const phone = { viewport: { width: 390, height: 844 } };
export const desk = { viewport: { width: 1440, height: 1080 } };
export const minute = 60_000;

/** What a page is told when it opens. */
export interface Given {
  readonly open?: readonly object[];
  readonly past?: readonly object[];
  readonly next?: number;
  readonly silences?: readonly object[];
  readonly user?: object;
}

/** The widget of the page *Alerts*; the test plays what stands behind it. */
export class AlertsPage {
  readonly dashboard: Awaited<ReturnType<typeof startDashboard>>;

  private constructor(dashboard: AlertsPage['dashboard']) {
    this.dashboard = dashboard;
  }

  static async start(): Promise<AlertsPage> {
    return new AlertsPage(await startDashboard([{ name: 'alerts', type: 'ui-percept-alerts', outputs: 3 }]));
  }

  tell(msg: Message): void {
    this.dashboard.nodeRed.inject(this.dashboard.idOf('alerts'), msg);
  }

  requests(): Message[] {
    return this.dashboard.nodeRed.messages('alerts-2').filter((msg) => msg['policy'] === undefined);
  }

  /** What the page sent last, after so many. */
  sentAfter(count: number): Promise<Message> {
    return until(() => this.requests()[count], { what: 'a request' });
  }

  async withPage(given: Given, act: (page: Page) => Promise<void>, options: WindowOptions = {}): Promise<void> {
    await this.dashboard.withPage(options, async (page) => {
      await this.#answer(given);
      await page.locator('.p-alerts-body').waitFor();
      await act(page);
    });
  }

  stop(): Promise<void> {
    return this.dashboard.stop();
  }

  /** Answers what a page asks when it opens. */
  async #answer({ open = [], past = [], next, silences = [], user }: Given): Promise<void> {
    const payload = { at: Date.now(), open, openTotal: open.length, past, ...(next === undefined ? {} : { next }) };
    const asked = await this.dashboard.answer('alerts', 'alerts', payload);
    if (user) {
      const { request, _client } = asked;
      this.tell({ payload: { kind: 'alerts', ...payload }, request, _client: { ..._client, user } });
    }
    await this.dashboard.answer('alerts', 'silences', { at: Date.now(), silences });
  }
}

export const cardOf = (page: Page, name: string | RegExp): Locator => page.getByRole('article', { name });

export function alert(id: number, more: object = {}) {
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

export function over(id: number, more: object = {}) {
  const opened = Date.now() - 90 * minute;
  return alert(id, { state: 'resolved', opened, closed: opened + 10 * minute, by: 'ben', ...more });
}

export function silence(more: object = {}) {
  return {
    ...{ id: 4, policy: 'door', key: '', kind: '', source: 'yard*', zone: '', author: 'anna', reason: 'painters' },
    ...{ from: 1, until: Date.now() + minute, ...more },
  };
}

/** How the channels do: one well, one not. */
export const channels = [
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

/** Fails when it scrolls sideways. */
export async function picture(page: Page, name: string): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.equal(width[0], width[1], `${name} scrolls sideways`);
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `alerts-${name}.png`) });
}
