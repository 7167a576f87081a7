import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';

export type Message = NodeMessage & { topic?: string } & Record<string, unknown>;

/** What a widget's page gets for one message. */
export type Show = (message: Record<string, unknown>) => void;

export interface WidgetConfig extends NodeDef {
  readonly group: string;
  readonly width?: number | string;
  readonly height?: number | string;
  readonly [setting: string]: unknown;
}

export interface Wiring {
  /** Takes a message over; false leaves it to the dashboard, which keeps the last one for pages opened later. */
  input(msg: Message): boolean;
  /** Takes over what a page sent; false sends it out of the node. */
  action?(msg: Message): boolean;
  close?(): void;
}

export interface WidgetDefinition {
  readonly type: string;
  /** Rows when the user chose "auto". */
  readonly rows: number;
  /** The properties that send a page's message to the second output instead of the first. */
  readonly second?: readonly string[];
  /** The same for a third output. */
  readonly third?: readonly string[];
  /** @param show sends to the page that the message names in `_client`, else to all */
  start?(show: Show, config: WidgetConfig): Wiring;
}

interface Events {
  readonly onAction: boolean;
  beforeSend(msg: Message): Message | (Message | null)[] | null;
}

interface Base {
  emit(event: string, msg: object): void;
}

interface Group {
  getBase(): Base;
  register(node: Node, config: object, events: Events): void;
}

type InputListener = (msg: Message, send: Node['send'], done: (error?: Error) => void) => void;

/** The one way to write a widget's node: registers it with its group, and lets `start` batch or bypass what the dashboard would store and repeat. */
export function defineWidget(RED: NodeAPI, definition: WidgetDefinition): void {
  RED.nodes.registerType(definition.type, function (this: Node, config: WidgetConfig) {
    RED.nodes.createNode(this, config);
    const group = RED.nodes.getNode(config.group) as (Node & Group) | null;
    if (!group) {
      this.status({
        fill: 'red',
        shape: 'dot',
        text: RED._(`${this.type.replace('ui-percept-', '')}.status.no-group`),
      });
      return;
    }
    const base = group.getBase();
    const show: Show = (message) => base.emit(`msg-input:${this.id}`, message);
    const wiring = definition.start?.(show, config);
    const { facade, dashboard } = withoutInput(this);
    group.register(facade, settingsForPage(config, definition, RED), {
      onAction: true,
      beforeSend: (msg) => {
        if (wiring?.action?.(msg)) return null;
        const has = (properties: readonly string[] = []) => properties.some((property) => property in msg);
        if (has(definition.third)) return [null, null, msg];
        return has(definition.second) ? [null, msg] : msg;
      },
    });

    this.on('input', (msg, send, done) => {
      if (wiring?.input(msg as Message)) done();
      else dashboard()?.call(this, msg as Message, send, done);
    });
    this.on('close', () => wiring?.close?.());
  });
}

/** Which page a message came from; empty where the dashboard doesn't say. */
export function pageOf(msg: Message): string {
  const socketId = (msg['_client'] as { socketId?: unknown } | undefined)?.socketId;
  return typeof socketId === 'string' ? socketId : '';
}

function settingsForPage(config: WidgetConfig, { rows }: WidgetDefinition, RED: NodeAPI): object {
  const height = Number(config.height) > 0 ? config.height : rows;
  // what a page gets must not come out of the node again: it would go round and round with a history node
  return { ...config, height, passthru: false, language: languageSetting(RED) };
}

/** Node-RED's own language, where its settings name one; pages follow the browser otherwise. */
export function languageSetting(RED: NodeAPI): string {
  return (RED.settings as { lang?: string }).lang ?? '';
}

/** The dashboard sends each input on to every page at once; a node that receives a thousand a second wants a say in that. */
function withoutInput(node: Node): { facade: Node; dashboard: () => InputListener | undefined } {
  let listener: InputListener | undefined;
  const on = (event: string, handler: unknown): Node => {
    if (event === 'input') listener = handler as InputListener;
    else node.on(event as 'close', handler as () => void);
    return facade;
  };
  const facade: Node = Object.create(node, { on: { value: on } });
  return { facade, dashboard: () => listener };
}

/** Takes answers of a history node over that one page asked for; what comes unasked is left to the dashboard, which keeps it. */
export function takesAnswers(kinds: readonly string[], show: Show): Wiring {
  return {
    input: ({ payload, error, select, request, _client, ...rest }) => {
      if ('redrive' in rest) return true;
      const answers = kinds.includes(String((payload as { kind?: unknown } | null | undefined)?.kind));
      if (!(answers && _client) && error === undefined && select === undefined) return false;
      const problem = error && { message: (error as { message?: unknown }).message };
      show({ payload: answers ? payload : undefined, select, error: problem, request, _client });
      return true;
    },
  };
}
