import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export interface ChromiumOptions {
  /** With what a browser has around its pages, as push messages; else Debian's headless shell, if there, which takes half. */
  readonly whole?: boolean;
}

const shell = '/usr/bin/chromium-headless-shell';

/** Debian's Chromium, without the services that would look for the network. */
export function launchChromium({ whole = false }: ChromiumOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: !whole && existsSync(shell) ? shell : '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
