import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
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

/** What lies in the bucket. */
export const evidence = { key: 'frame/door/first.png', bytes: dusk(480, 270) };

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
    await bucket.put(evidence.key, evidence.bytes);
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
  async links(source: string, more: object = {}, subject = 'Warning'): Promise<Links> {
    const about = { kind: 'loitering', source, severity: 'warning', since: Date.now(), ...more };
    this.nodeRed.inject(alertIds.alert, { topic: 'x', finding: about });
    return linksIn(await this.mailTo('anna', source, subject));
  }

  /** The first mail about it to this person, as plain text. */
  async mailTo(person: string, source: string, subject = 'Warning'): Promise<string> {
    const wanted = [`To: ${person}@example.org`, `Subject: ${subject}: loitering, ${source}`];
    const find = () => this.mail.mails.map(plain).find((text) => wanted.every((line) => text.includes(line)));
    return await until(find, { ms: 60_000, what: `the mail to ${person} about ${source}; ${this.nodeRed.log}` });
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

const people = ['anna', 'ben'].map((name) => ({ name, address: `${name}@example.org` }));

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
      ...{ security: 'starttls', from: 'percept@example.org', to: '', people, tls: ids.tls, perMinute: '1000' },
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

/** A PNG (RGB) of a door and somebody before it, as a camera sees it in the evening. */
function dusk(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const isDoor = u > 0.55 && u < 0.8 && v > 0.2 && v < 0.9;
      const isPerson =
        Math.hypot((u - 0.48) * 1.8, v - 0.42) < 0.07 || (Math.abs(u - 0.48) < 0.06 && v > 0.5 && v < 0.92);
      const light = isPerson ? 30 : isDoor ? 120 : 60 + 60 * (1 - v);
      rows.set(
        [light, light * 0.95, isDoor ? light * 0.6 : light * 1.1].map(Math.round),
        y * (1 + 3 * width) + 1 + 3 * x,
      );
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const frame = Buffer.alloc(8 + named.length);
    frame.writeUInt32BE(body.length, 0);
    named.copy(frame, 4);
    frame.writeUInt32BE(crc32(named), 4 + named.length);
    return frame;
  };
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
