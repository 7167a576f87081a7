import { join } from 'node:path';
import { openDatabase } from '../../dist/access/database.js';
import { Users } from '../../dist/access/users.js';
import { alertFlow, alertIds } from './alert-flow.ts';
import { lockSettings, ownerPassword, Visitor } from './doors.ts';
import { type FlowNode, NodeRed } from './node-red.ts';
import { freePort } from './ports.ts';

export const phoneIds = {
  notify: 'fa1e000000000010',
  channel: 'fa1e000000000011',
  phone: 'fa1e000000000012',
  acts: 'fa1e000000000013',
} as const;

/**
 * An alert node with notify and phone as users would wire them; every wire to alert also ends at a probe (`notices`, `changes`, `acts`).
 * @param pushService its address; undefined: the phone node gets the notices itself
 */
export function phoneFlow(url: string, pushService: string | undefined, settings: object = {}): FlowNode[] {
  const { tab, alert, store, notices, changes } = alertIds;
  const { notify, channel, phone, acts } = phoneIds;
  const alerts = alertFlow(url, settings).map((node) =>
    node.id === alert
      ? { ...node, wires: [[notices, pushService === undefined ? phone : notify], [changes, phone], []] }
      : node,
  );
  const withPush: FlowNode[] = [
    { id: channel, type: 'percept-channel', name: 'push', version: 1, kind: 'push', url: pushService, store },
    {
      ...{ id: notify, type: 'percept-notify', z: tab, name: '', version: 1, store, first: channel, second: '' },
      ...{ third: '', fourth: '', failover: '1', giveUp: '0.05', firstPause: '0.2', wires: [[alert], []] },
    },
  ];
  return [
    ...alerts,
    ...(pushService === undefined ? [] : withPush),
    {
      ...{ id: phone, type: 'percept-phone', z: tab, name: '', version: 1, store, call: '112', view: '/dashboard' },
      ...{ push: pushService === undefined ? '' : channel, channel: '', policy: '', title: '' },
      wires: [[alert, acts]],
    },
    { id: acts, type: 'test-probe', z: tab, name: 'acts', wires: [] },
  ];
}

/** Real Node-RED behind our door, with anna and ben, who are operators, and vera, who may look. */
export async function startPhone(pushService?: string, settings: object = {}) {
  const port = await freePort();
  const nodeRed = await NodeRed.start({
    port,
    flow: phoneFlow('percept/percept.sqlite', pushService, settings),
    settings: lockSettings(port),
  });
  const database = openDatabase(join(nodeRed.userDir, 'access.sqlite'));
  const users = new Users(database);
  await users.add('anna', 'operator', ownerPassword);
  await users.add('ben', 'operator', ownerPassword);
  await users.add('vera', 'viewer', ownerPassword);
  database.close();
  return {
    nodeRed,
    async visitor(name: string): Promise<Visitor> {
      const visitor = new Visitor(nodeRed.url);
      await visitor.signIn(name, ownerPassword);
      return visitor;
    },
    finding(source: string, changes: object = {}): void {
      const finding = {
        kind: 'loitering',
        source,
        severity: 'critical',
        since: Date.now(),
        reasons: ['Somebody waits'],
      };
      nodeRed.inject(alertIds.alert, { finding: { ...finding, ...changes } });
    },
  };
}
export type PhoneLab = Awaited<ReturnType<typeof startPhone>>;

/** What a page hears: events of one stream, the newest board last. */
export class Listening {
  readonly events: { readonly event: string; readonly data: Record<string, unknown> }[] = [];
  closed = false;
  readonly #abort = new AbortController();

  static async open(visitor: Visitor, url: string): Promise<Listening> {
    const listening = new Listening();
    const response = await fetch(`${url}/percept/phone/live`, {
      headers: { cookie: visitor.cookie, accept: 'text/event-stream' },
      signal: listening.#abort.signal,
    });
    if (response.status !== 200 || !response.body) throw new Error(`the stream answered ${response.status}`);
    void listening.#read(response.body);
    return listening;
  }

  get board(): { cards: { id: number; state: string; title: string }[]; ringing: Record<string, string> } | undefined {
    return this.events.findLast(({ event }) => event === 'message')?.data as never;
  }

  notices(): string[] {
    return this.events.filter(({ event }) => event === 'notice').map(({ data }) => String(data['notice']));
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    try {
      for await (const part of body) {
        text += Buffer.from(part).toString();
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // cut off: that is what `closed` tells
    }
    this.closed = true;
  }

  #take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    this.events.push({ event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message', data: JSON.parse(data) });
  }
}
