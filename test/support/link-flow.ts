import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBucket } from '../../dist/store/bucket/open.js';
import type { StoreHandle } from '../../dist/store/open.js';
import { openStore } from '../../dist/store/open.js';
import { alertFlow, alertIds } from './alert-flow.ts';
import { lockSettings } from './doors.ts';
import { type FlowNode, type Message, NodeRed } from './node-red.ts';
import { freePort } from './ports.ts';
import { MailServer } from './smtp.ts';
import { until } from './until.ts';

export const linkKeyText = 'the key of the test, for all processes';
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const pictureKey = 'frame/door/first.png';

export interface Links {
  readonly open: string;
  readonly acknowledge: string;
}

/** alert -> notify -> a real mail server, in a Node-RED behind the door; its links lead back to it. */
export class LinkSite {
  readonly nodeRed: NodeRed;
  readonly mail: MailServer;
  readonly store: StoreHandle;
  readonly #folder: string;

  private constructor(nodeRed: NodeRed, mail: MailServer, store: StoreHandle, folder: string) {
    this.nodeRed = nodeRed;
    this.mail = mail;
    this.store = store;
    this.#folder = folder;
  }

  /** @param settings of the alert node */
  static async start(settings: object = {}): Promise<LinkSite> {
    const folder = mkdtempSync(join(tmpdir(), 'percept-links-'));
    const mail = await MailServer.start();
    const port = await freePort();
    writeFileSync(join(folder, 'ca.pem'), mail.ca);
    const bucket = await openBucket({ kind: 'folder', path: join(folder, 'bucket') });
    await bucket.put(pictureKey, picture);
    await bucket.close();
    const url = join(folder, 'alerts.sqlite');
    const nodeRed = await NodeRed.start({
      port,
      flow: linkFlow({ url, folder, port, mailPort: mail.port, settings }),
      credentials: { [ids.channel]: { user: 'percept', password: mail.password } },
      settings: lockSettings(port, { audit: url }),
      env: { PERCEPT_LINK_KEY: linkKeyText, LANG: 'C' },
    });
    return new LinkSite(nodeRed, mail, await openStore({ url }), folder);
  }

  /** A finding, and the links in the mail about it. */
  async links(source: string, more: object = {}): Promise<Links> {
    const about = { kind: 'loitering', source, severity: 'warning', since: Date.now(), ...more };
    this.nodeRed.inject(alertIds.alert, { topic: 'x', finding: about });
    return linksIn(await this.mailAbout(source));
  }

  /** The first mail about it, as plain text. */
  async mailAbout(source: string, subject = 'Warning'): Promise<string> {
    const find = () =>
      this.mail.mails.map(plain).find((text) => text.includes(`Subject: ${subject}: loitering, ${source}`));
    return await until(find, { ms: 30_000, what: `the mail about ${source}; ${this.nodeRed.log}` });
  }

  changes(source: string): Message[] {
    return this.nodeRed.messages('changes').filter(({ alert }) => (alert as { source?: string }).source === source);
  }

  async audit(): Promise<{ who: string; action: string; what: string; detail: string }[]> {
    return await this.store.db.selectFrom('audit').select(['who', 'action', 'what', 'detail']).orderBy('id').execute();
  }

  async stop(): Promise<void> {
    await this.store.close();
    await this.nodeRed.stop();
    await this.mail.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const ids = {
  notify: 'fb11c00000000001',
  channel: 'fb11c00000000002',
  bucket: 'fb11c00000000003',
  tls: 'fb11c00000000004',
} as const;

interface Parts {
  readonly url: string;
  readonly folder: string;
  readonly port: number;
  readonly mailPort: number;
  readonly settings: object;
}

function linkFlow({ url, folder, port, mailPort, settings }: Parts): FlowNode[] {
  const { alert, store, tab, changes } = alertIds;
  return [
    ...alertFlow(url, { policy: 'house', ...settings }).map((node) =>
      node.id === alert ? { ...node, wires: [[ids.notify], [changes], []] } : node,
    ),
    {
      ...{ id: ids.notify, type: 'percept-notify', z: tab, name: '', version: 1, store, bucket: ids.bucket },
      ...{ first: ids.channel, second: '', third: '', fourth: '', publicUrl: `http://127.0.0.1:${port}` },
      wires: [[alert], []],
    },
    {
      ...{ id: ids.channel, type: 'percept-channel', name: 'mail', kind: 'email', host: '127.0.0.1', port: mailPort },
      ...{ security: 'starttls', from: 'percept@example.org', to: 'all@example.org', tls: ids.tls, perMinute: '1000' },
    },
    { id: ids.bucket, type: 'percept-bucket', name: '', version: 1, kind: 'folder', folder: join(folder, 'bucket') },
    {
      id: ids.tls,
      type: 'tls-config',
      name: '',
      cert: '',
      key: '',
      ca: join(folder, 'ca.pem'),
      verifyservercert: true,
    },
  ];
}

/** Quoted-printable, undone. */
export function plain(mail: string): string {
  return mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
}

export function linksIn(mail: string): Links {
  const [, open = ''] = /^Open: (\S+)/m.exec(mail) ?? [];
  const [, acknowledge = ''] = /^I take it: (\S+)/m.exec(mail) ?? [];
  return { open, acknowledge };
}
