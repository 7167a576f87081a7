import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { type ChromiumOptions, launchChromium } from './browser.ts';

export interface WindowOptions extends Omit<BrowserContextOptions, 'viewport'> {
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The page's time is the test's: `page.clock` moves it. Each loan begins at the real present. */
  readonly clock?: boolean;
}

const desk = { width: 1280, height: 720 };

/**
 * One Chromium whose windows are used again: the dashboard's 4.5 MB of JavaScript cost a new window four times the processor
 * time of one that has shown them before.
 *
 * Who gets a window finds it as new: cookies, storage, service workers, permissions, routes, listeners, screen and clock are none of
 * the last one's. What the server let it cache stays. Not taken back are `addInitScript`, `exposeFunction` and `routeWebSocket`:
 * these want a context of their own, from `browser`. Windows that are lent at the same time share nothing.
 */
export class Windows {
  readonly browser: Browser;
  readonly #defaults: WindowOptions;
  readonly #idle = new Map<string, Window[]>();

  private constructor(browser: Browser, defaults: WindowOptions) {
    this.browser = browser;
    this.#defaults = defaults;
  }

  /** @param defaults of every window */
  static async launch(defaults: WindowOptions = {}, chromium: ChromiumOptions = {}): Promise<Windows> {
    return new Windows(await launchChromium(chromium), { serviceWorkers: 'block', ...defaults });
  }

  /** Lends a page that has nothing open yet, for as long as `act` takes. One in which something failed is not lent again. */
  async with<T>(options: WindowOptions, act: (page: Page) => Promise<T>): Promise<T> {
    const { viewport = desk, colorScheme = 'light', clock = false, ...fixed } = { ...this.#defaults, ...options };
    const idle = this.#idleOf(JSON.stringify([clock, Object.entries(fixed).sort()]));
    const window = idle.pop() ?? (await Window.open(this.browser, fixed));
    let isClean = false;
    try {
      await window.prepare({ viewport, colorScheme, clock });
      const result = await act(window.page);
      isClean = await window.clean();
      return result;
    } finally {
      if (isClean) idle.push(window);
      else await window.close();
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }

  #idleOf(key: string): Window[] {
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    return idle;
  }
}

/** What is set anew on every loan. */
type Changing = Required<Pick<WindowOptions, 'viewport' | 'colorScheme' | 'clock'>>;
/** Of a page that crashed, or a dialog that nobody answers, no more is asked. */
const patience = { timeout: 10_000 };

/** A context of its own with one page. */
class Window {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #tools: CDPSession;

  private constructor(page: Page, tools: CDPSession) {
    this.page = page;
    this.#context = page.context();
    this.#tools = tools;
  }

  static async open(browser: Browser, options: BrowserContextOptions): Promise<Window> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    return new Window(page, await context.newCDPSession(page));
  }

  async prepare({ viewport, colorScheme, clock }: Changing): Promise<void> {
    await this.page.setViewportSize(viewport);
    await this.page.emulateMedia({ media: null, colorScheme });
    if (!clock) return;
    // also after it was moved or stopped
    await this.page.clock.install();
    await this.page.clock.resume();
  }

  /** Resolves to whether it can be lent again; what was open is gone then, its sockets too. */
  async clean(): Promise<boolean> {
    const { page } = this;
    if (this.#context.pages().length > 1) return false;
    try {
      for (const event of events) page.removeAllListeners(event);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await this.#context.unrouteAll({ behavior: 'ignoreErrors' });
      await this.#leave();
      await this.#tools.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: kept });
      await this.#context.clearPermissions();
      page.setDefaultTimeout(30_000);
      return true;
    } catch {
      return false;
    }
  }

  /** To something small of the same server: to leave one that forbids openers, as the door does, costs a new process. */
  async #leave(): Promise<void> {
    const from = this.page.url();
    const isServed = from.startsWith('http');
    await this.page.goto(isServed ? new URL('/favicon.ico', from).href : 'about:blank', patience);
    if (isServed) await this.page.evaluate(() => sessionStorage.clear());
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

const kept = 'cookies,local_storage,indexeddb,file_systems,service_workers,cache_storage';

/** What a test may listen to; Playwright itself listens to `close` and `crash`. */
const events = [
  'console',
  'dialog',
  'domcontentloaded',
  'download',
  'filechooser',
  'frameattached',
  'framedetached',
  'framenavigated',
  'load',
  'pageerror',
  'popup',
  'request',
  'requestfailed',
  'requestfinished',
  'response',
  'websocket',
  'worker',
] as const;
