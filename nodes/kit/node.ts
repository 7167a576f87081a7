import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { type Static, type TObject, type TProperties, Type } from 'typebox';
import { defineErrors, type PerceptError, toPerceptError } from './errors.js';
import { setLanguage } from './language.js';
import { MetricsRegistry, type NodeMetrics } from './metrics.js';
import { redactText } from './redact.js';
import { checkVariables, configReader, messageReader } from './schema.js';

export type Message = NodeMessage & Record<string, unknown>;
/** One entry per output: a message, several, or null for none. */
export type Outputs = readonly (Message | readonly Message[] | null)[];

/** Means the same everywhere: green dot, blue ring, yellow ring, red dot, grey ring. */
export type Level = 'ok' | 'busy' | 'warn' | 'error' | 'off';

const looks: Record<Level, { fill: 'green' | 'blue' | 'yellow' | 'red' | 'grey'; shape: 'dot' | 'ring' }> = {
  ok: { fill: 'green', shape: 'dot' },
  busy: { fill: 'blue', shape: 'ring' },
  warn: { fill: 'yellow', shape: 'ring' },
  error: { fill: 'red', shape: 'dot' },
  off: { fill: 'grey', shape: 'ring' },
};

/** What a running node may use. Everything here does nothing once the instance was closed. */
export interface NodeContext<Config> {
  readonly id: string;
  /** The name the user gave, or the type. */
  readonly name: string;
  readonly config: Config;
  readonly credentials: Readonly<Record<string, string>>;
  readonly metrics: NodeMetrics;
  /** Aborted when the node is closed. */
  readonly signal: AbortSignal;
  readonly RED: NodeAPI;
  send(...outputs: Outputs): void;
  /** @param key in the node's locale file, or `node-red:common.status.…` */
  status(level: Level, key: string, params?: Record<string, string | number>): void;
  /** An error outside the handling of a message: status, and Catch nodes (with `msg`) or, where none is, the log. */
  fail(thrown: unknown, msg?: Message): void;
  log(level: 'debug' | 'info' | 'warn', text: string): void;
  translate(key: string, params?: Record<string, string | number>): string;
  /**
   * What the config node with this id offers (`Running.api`), once it has started.
   * @throws PerceptError `config-node-missing`, or the error that kept the config node from starting
   */
  use<Api>(id: string | undefined, type: string): Promise<Api>;
}

export interface Input<Values> {
  readonly msg: Message;
  /** Message over config over default. */
  readonly values: Values;
}

export interface Running<Values> {
  /** What other nodes get from `use`; only config nodes have it. */
  readonly api?: unknown;
  /** `done` is called once, when this resolves or rejects. What it returns is sent first. */
  input?(input: Input<Values>): Promise<Outputs | undefined>;
  /** Frees everything; waited for at most 10 s. @param removed the node was deleted, not redeployed */
  close?(removed: boolean): Promise<void> | void;
}

/** Brings a saved configuration from version n to n + 1; pure. */
export type ConfigMigration = (config: Record<string, unknown>) => Record<string, unknown>;

export interface NodeDefinition<C extends TProperties, M extends TProperties> {
  readonly type: string;
  readonly config: TObject<C>;
  /** Message properties that override the setting of the same name. */
  readonly message?: TObject<M>;
  readonly credentials?: Readonly<Record<string, { type: 'text' | 'password' }>>;
  /** `migrations[i]` takes version i + 1 to i + 2. */
  readonly migrations?: readonly ConfigMigration[];
  start(
    context: NodeContext<Static<TObject<C>>>,
  ):
    | Promise<Running<Static<TObject<C>> & Partial<Static<TObject<M>>>>>
    | Running<Static<TObject<C>> & Partial<Static<TObject<M>>>>;
}

const error = defineErrors({
  'config-node-missing': {
    'en-US': {
      status: 'not configured',
      text: 'No {type} is chosen, or the chosen one is disabled.',
      action: 'Open the node, choose one and deploy.',
    },
    ko: {
      status: '설정되지 않음',
      text: '{type} 설정이 선택되지 않았거나 비활성화되어 있습니다.',
      action: '노드를 열어 선택한 뒤 배포하세요.',
    },
  },
  'close-timeout': {
    'en-US': {
      status: 'closing is slow',
      text: 'The node {name} had not let go of everything after {seconds} s.',
      action: 'Node-RED goes on; look at the log for what it was waiting for.',
    },
    ko: {
      status: '종료 지연',
      text: '노드 {name}이(가) {seconds}초 안에 자원을 모두 놓지 못했습니다.',
      action: 'Node-RED는 계속 실행됩니다. 무엇을 기다렸는지 로그를 확인하세요.',
    },
  },
});

const closeSeconds = 10;
const registry = new MetricsRegistry();
const served = new WeakSet<object>();
const offered = Symbol.for('percept.offered');
type Offering = Node & { [offered]?: { readonly type: string; readonly ready: Promise<Running<never>> } };

/**
 * The one way to write a node. Node-RED's callbacks stay in here: the definition sees parsed settings, promises and
 * errors as values. An input handler that rejects ends in `done(err)`, never in an unhandled rejection.
 */
export function defineNode<C extends TProperties, M extends TProperties = Record<never, never>>(
  definition: NodeDefinition<C, M>,
): (RED: NodeAPI) => void {
  const readConfig = configReader(definition.config);
  const readOverrides = overridesReader(definition.message);

  return (RED) => {
    setLanguage(String((RED.settings as { lang?: string }).lang ?? process.env['LANG'] ?? ''));
    serveMetrics(RED);

    function Constructor(this: Node, raw: Record<string, unknown>): void {
      RED.nodes.createNode(this, raw as never);
      const instance = new Instance(this as Offering, RED, definition.type);
      const running = instance.start(async () => {
        const context = instance.context(readConfig(migrate(raw, definition.migrations ?? [])));
        checkVariables(context.credentials);
        return await definition.start(context);
      });

      this.on('input', (msg, send, done) => {
        instance.input(done, async () => {
          const node = await running;
          if (!node.input) return;
          const given = msg as Message;
          const values = { ...(instance.config as object), ...readOverrides(given) } as never;
          const outputs = await node.input({ msg: given, values });
          if (outputs) instance.whileOpen(() => send(outputs as never));
        });
      });
      this.on('close', (removed: boolean, done: () => void) => {
        void instance.close(running, removed).then(done);
      });
    }

    const options = definition.credentials ? { credentials: definition.credentials as never } : undefined;
    RED.nodes.registerType(definition.type, Constructor as never, options as never);
  };
}

/** Only what the message has counts: a default is the setting's business. */
function overridesReader(schema: TObject | undefined): (msg: Message) => object {
  if (!schema) return () => ({});
  const keys = Object.keys(schema.properties);
  const read = messageReader(Type.Partial(schema));
  return (msg) => {
    const given = keys.filter((key) => msg[key] !== undefined);
    if (given.length === 0) return {};
    const values = read(Object.fromEntries(given.map((key) => [key, msg[key]]))) as Record<string, unknown>;
    return Object.fromEntries(given.map((key) => [key, values[key]]));
  };
}

/** One deployed node: holds what must not outlive it. */
class Instance {
  readonly #node: Offering;
  readonly #RED: NodeAPI;
  readonly #type: string;
  readonly #metrics: NodeMetrics;
  readonly #abort = new AbortController();
  readonly #secrets: readonly string[];
  config: unknown = {};

  constructor(node: Offering, RED: NodeAPI, type: string) {
    this.#node = node;
    this.#RED = RED;
    this.#type = type;
    this.#metrics = registry.add({ type, id: node.id, name: node.name ?? '' });
    this.#secrets = Object.values((node.credentials as Record<string, string> | undefined) ?? {}).filter(
      (value) => typeof value === 'string',
    );
  }

  start<V>(begin: () => Promise<Running<V>>): Promise<Running<V>> {
    const ready = begin();
    this.#node[offered] = { type: this.#type, ready: ready as Promise<Running<never>> };
    // inputs and users see the same rejection; here it is told once, when Node-RED has made the Catch nodes too
    ready.catch((thrown: unknown) => setImmediate(() => this.#fail(thrown)));
    return ready;
  }

  context<Config>(config: Config): NodeContext<Config> {
    this.config = config;
    const node = this.#node;
    return {
      id: node.id,
      name: node.name || this.#type,
      config,
      credentials: (node.credentials as Record<string, string> | undefined) ?? {},
      metrics: this.#metrics,
      signal: this.#abort.signal,
      RED: this.#RED,
      send: (...outputs) =>
        this.whileOpen(() => {
          this.#metrics.count('sent');
          node.send(outputs as never);
        }),
      status: (level, key, params) => this.whileOpen(() => this.#status(level, this.#translate(key, params))),
      fail: (thrown, msg) => this.#fail(thrown, msg),
      log: (level, text) => this.#log(level, text),
      translate: (key, params) => this.#translate(key, params),
      use: (id, type) => this.#use(id, type),
    };
  }

  input(done: (err?: Error) => void, handle: () => Promise<void>): void {
    const began = performance.now();
    this.#metrics.count('received');
    handle().then(
      () => {
        this.#metrics.observe(performance.now() - began);
        done();
      },
      (thrown: unknown) => {
        const problem = this.#report(thrown);
        // done(err) is what reaches Catch nodes and the log, once
        if (this.#abort.signal.aborted) done();
        else done(localizedError(problem, this.#secrets));
      },
    );
  }

  whileOpen(act: () => void): void {
    if (!this.#abort.signal.aborted) act();
  }

  async close(running: Promise<Running<never>>, removed: boolean): Promise<void> {
    this.#abort.abort();
    registry.remove(this.#node.id, this.#metrics);
    const timer = Promise.withResolvers<'late'>();
    const late = setTimeout(() => timer.resolve('late'), closeSeconds * 1000);
    try {
      const closing = running.then((node) => node.close?.(removed)).catch(() => undefined);
      if ((await Promise.race([closing, timer.promise])) === 'late') {
        this.#log(
          'warn',
          error('close-timeout', { name: this.#node.name || this.#type, seconds: closeSeconds }).message,
        );
      }
    } finally {
      clearTimeout(late);
    }
  }

  #fail(thrown: unknown, msg?: Message): void {
    this.whileOpen(() => {
      // without a message, Node-RED asks no Catch node
      this.#node.error(localizedError(this.#report(thrown), this.#secrets), msg ?? {});
    });
  }

  #report(thrown: unknown): PerceptError {
    const problem = toPerceptError(thrown);
    this.#metrics.count('failed');
    this.whileOpen(() => this.#status('error', problem.status()));
    if (problem.code === 'unexpected')
      this.#log('debug', String((problem.cause as Error | undefined)?.stack ?? problem.cause));
    return problem;
  }

  #status(level: Level, text: string): void {
    this.#node.status({ ...looks[level], text: redactText(text, this.#secrets) });
  }

  #log(level: 'debug' | 'info' | 'warn', text: string): void {
    const shown = redactText(text, this.#secrets);
    if (level === 'info') this.#node.log(shown);
    else this.#node[level](shown);
  }

  #translate(key: string, params?: Record<string, string | number>): string {
    return this.#RED._(key, params as never);
  }

  async #use<Api>(id: string | undefined, type: string): Promise<Api> {
    const other = (id ? this.#RED.nodes.getNode(id) : null) as Offering | null;
    const offer = other?.[offered];
    if (!offer || offer.type !== type) throw error('config-node-missing', { type });
    return (await offer.ready).api as Api;
  }
}

function localizedError(problem: PerceptError, secrets: readonly string[]): Error {
  const shown = new Error(redactText(problem.localized(), secrets));
  // the runtime logs an error's stack; a stack of ours would tell users nothing
  shown.stack = shown.message;
  return Object.assign(shown, { code: problem.code });
}

function migrate(raw: Record<string, unknown>, migrations: readonly ConfigMigration[]): Record<string, unknown> {
  const version = typeof raw['version'] === 'number' ? raw['version'] : 1;
  return migrations.slice(Math.max(0, version - 1)).reduce((config, step) => step(config), raw);
}

/** `GET <admin root>/percept/metrics`, behind the editor's own permissions. */
function serveMetrics(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get('/percept/metrics', RED.auth.needsPermission('percept.metrics.read'), (_request, response) => {
    response.type('text/plain; version=0.0.4').send(registry.prometheus());
  });
}
