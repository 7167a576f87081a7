import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { type FlowNode, type Message, NodeRed, root } from './node-red.ts';
import { until } from './until.ts';
import { type WindowOptions, Windows } from './windows.ts';

const base = 'd000000000000001';
const light = 'd000000000000002';
const dark = 'd000000000000003';
const page = 'd000000000000004';
const group = 'd000000000000005';
const tab = 'd000000000000006';
const pages = 'd000000000000007';

const colors = (primary: string, bgPage: string, groupBg: string) => ({
  surface: groupBg,
  primary,
  bgPage,
  groupBg,
  groupOutline: groupBg,
});
const sizes = { pagePadding: '12px', groupGap: '12px', groupBorderRadius: '6px', widgetGap: '12px' };

export const dashboardPackages = {
  '@flowfuse/node-red-dashboard': join(root, 'node_modules/@flowfuse/node-red-dashboard'),
  '@percept/node-red-dashboard-2-percept': join(root, 'nodes/dashboard'),
};

/** A widget on a page of its own dashboard; what it sends reaches the probes `NAME-1`, `NAME-2`. */
export interface TestWidget {
  readonly name: string;
  readonly type: string;
  readonly outputs: number;
  readonly [setting: string]: unknown;
}

/** Real Node-RED, the real dashboard and real Chromium around our widgets; the test itself plays the history node. */
export async function startDashboard(widgets: readonly TestWidget[]) {
  const nodeRed = await NodeRed.start({
    flow: flowOf(widgets),
    packages: dashboardPackages,
    linkPercept: false,
  });
  // so that a test need not sit out what a page waits for
  const windows = await Windows.launch({ locale: 'en-US', clock: true });
  const complaints: string[] = [];
  /** Sockets of the newest page. */
  let own: () => readonly string[] = () => [];
  const asked = (widget: string): Question[] => questions(nodeRed, widget);
  const connected = (): string[] =>
    nodeRed
      .messages('pages')
      .filter(({ payload }) => payload === 'connect')
      .map((msg) => (msg['_client'] as Client).socketId);

  return {
    nodeRed,
    /** What the browser's console held against us. */
    complaints,
    idOf: (widget: string): string => idOf(widgets, widget),
    async withPage(options: WindowOptions, act: (page: Page) => Promise<void>): Promise<void> {
      await windows.with(options, async (page) => {
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('console', (message) => isOurs(message) && complaints.push(message.text()));
        const before = connected().length;
        own = () => connected().slice(before);
        await page.goto(`${nodeRed.url}/dashboard/test`);
        await page.waitForSelector('.percept');
        await until(() => own().length > 0, { what: 'the page to be connected' });
        await act(page);
      });
    },
    /** Waits for the newest question of a kind, asked by the newest page (or after `from` questions), and answers it. */
    async answer(widget: string, kind: string, payload: object, from?: number): Promise<Question> {
      const isMeant = ({ _client }: Question): boolean => from !== undefined || own().includes(_client.socketId);
      const question = await until(
        () =>
          asked(widget)
            .slice(from)
            .findLast((q) => q.payload.kind === kind && isMeant(q)),
        { what: `${widget} to ask for ${kind}` },
      );
      const { request, _client } = question;
      nodeRed.inject(idOf(widgets, widget), { payload: { kind, ...payload }, request, _client });
      return question;
    },
    questions: asked,
    async stop(): Promise<void> {
      await windows.stop();
      await nodeRed.stop();
    },
  };
}

interface Client {
  readonly socketId: string;
}

export interface Question {
  readonly payload: { readonly kind: string; readonly [property: string]: unknown };
  readonly request: string;
  readonly _client: Client;
}

function questions(nodeRed: NodeRed, widget: string): Question[] {
  return nodeRed.messages(`${widget}-1`).filter(isQuestion);
}

function isQuestion(message: Message): message is Message & Question {
  const { payload, request } = message;
  return typeof payload === 'object' && payload !== null && 'kind' in payload && typeof request === 'string';
}

/** The dashboard itself tells that it found no service worker. */
function isOurs(message: ConsoleMessage): boolean {
  return (message.type() === 'error' || message.type() === 'warning') && !/service worker/i.test(message.text());
}

const idOf = (widgets: readonly TestWidget[], name: string): string =>
  `e00000000000000${widgets.findIndex((widget) => widget.name === name)}`;

function flowOf(widgets: readonly TestWidget[]): FlowNode[] {
  return [
    {
      id: base,
      type: 'ui-base',
      name: 'Test',
      path: '/dashboard',
      includeClientData: true,
      acceptsClientConfig: ['ui-notification', 'ui-control'],
    },
    { id: light, type: 'ui-theme', name: 'Light', colors: colors('#0f766e', '#eef2f1', '#ffffff'), sizes },
    { id: dark, type: 'ui-theme', name: 'Dark', colors: colors('#4fd1b8', '#0c1113', '#151d20'), sizes },
    { id: page, type: 'ui-page', name: 'Test', ui: base, path: '/test', layout: 'grid', theme: light, order: 1 },
    { id: group, type: 'ui-group', name: 'Test', page, width: '12', height: '1', order: 1, showTitle: false },
    { id: tab, type: 'tab', label: 'Test' },
    { id: 'f000000000000002', type: 'ui-control', z: tab, ui: base, name: '', events: 'connect', wires: [[pages]] },
    { id: pages, type: 'test-probe', z: tab, name: 'pages', wires: [] },
    { id: 'f000000000000001', type: 'ui-percept-appearance', z: tab, ui: base, light, dark, wires: [] },
    ...widgets.flatMap(({ name, type, outputs, ...settings }, order) =>
      widgetNodes(widgets, name, type, outputs, order, settings),
    ),
  ];
}

function widgetNodes(
  widgets: readonly TestWidget[],
  name: string,
  type: string,
  outputs: number,
  order: number,
  settings: object,
): FlowNode[] {
  const probes = Array.from({ length: outputs }, (_, output) => `c0000000000000${order}${output}`);
  return [
    {
      id: idOf(widgets, name),
      type,
      z: tab,
      group,
      order,
      width: '12',
      height: '6',
      label: '',
      ...settings,
      wires: probes.map((probe) => [probe]),
    },
    ...probes.map((id, output) => ({ id, type: 'test-probe', z: tab, name: `${name}-${output + 1}`, wires: [] })),
  ];
}
