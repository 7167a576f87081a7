import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import v8 from 'node:v8';
import { end, endsWithUs } from './children.ts';
import { linkNeeded, unusedCoreNodes } from './needed-nodes.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

export const root = join(import.meta.dirname, '../..');

const percept = '@percept/node-red-percept';

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export interface NodeRedOptions {
  readonly flow: readonly FlowNode[];
  /** By node id, as the editor would save them. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Extra properties of settings.js, as source text: `lang: 'ko', httpNodeAuth: {…}`. */
  readonly settings?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** An existing user directory is used as it is, and kept. */
  readonly userDir?: string;
  /** Folder of the Node-RED to run; default: the one in devDependencies. */
  readonly nodeRed?: string;
  /** Packages to link into the user directory besides ours and the probe: name -> folder. */
  readonly packages?: Readonly<Record<string, string>>;
  /** false: our package is in the user directory already (a packed tarball was installed there). */
  readonly linkPercept?: boolean;
  readonly port?: number;
  /** Nodes of Node-RED and of ours that are not in `flow` are left out, unless another Node-RED is run; true: all are there. */
  readonly allNodes?: boolean;
}

export interface NodeStatus {
  readonly fill?: string;
  readonly shape?: string;
  readonly text?: string;
}

export interface Message {
  readonly topic?: string;
  readonly payload?: unknown;
  readonly [property: string]: unknown;
}

/**
 * A real Node-RED in a process of its own, with our package and the `test-probe` node.
 * A probe named "out" collects what reaches it in `messages('out')`.
 */
export class NodeRed {
  readonly userDir: string;
  readonly port: number;
  readonly url: string;
  /** Everything it has logged. */
  log = '';
  #child: ChildProcess;
  readonly #options: NodeRedOptions;
  readonly #messages = new Map<string, Message[]>();
  readonly #statuses = new Map<string, NodeStatus[]>();

  private constructor(options: NodeRedOptions, userDir: string, port: number) {
    this.#options = options;
    this.userDir = userDir;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#child = this.#spawn();
  }

  /** Resolves when the flows have started. */
  static async start(options: NodeRedOptions): Promise<NodeRed> {
    const userDir = options.userDir ?? mkdtempSync(join(tmpdir(), 'percept-nr-'));
    const port = options.port ?? (await freePort());
    prepare(userDir, port, options);
    const nodeRed = new NodeRed(options, userDir, port);
    try {
      await nodeRed.#started();
    } catch (thrown) {
      await nodeRed.stop();
      throw thrown;
    }
    return nodeRed;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** What reached the probe of this name, oldest first. */
  messages(probe: string): readonly Message[] {
    return this.#messages.get(probe) ?? [];
  }

  /** The last status of a node. */
  status(node: string): NodeStatus | undefined {
    return this.#statuses.get(node)?.at(-1);
  }

  /** All statuses of a node, oldest first: one that passes is easily missed. */
  statuses(node: string): readonly NodeStatus[] {
    return this.#statuses.get(node) ?? [];
  }

  /** Lets a node receive a message, as if it came over a wire. */
  inject(node: string, msg: Message): void {
    this.#child.send({ event: 'inject', node, msg: v8.serialize(msg).toString('base64') });
  }

  /**
   * A full deploy; resolves when the new flows have started (the admin API answers before).
   * @throws where a type is missing: with `allNodes` it may be there
   */
  async deploy(flow: readonly FlowNode[]): Promise<void> {
    const from = this.log.length;
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': 'full' },
      body: JSON.stringify(flow),
    });
    if (!response.ok) throw new Error(`The deploy was refused: ${response.status} ${await response.text()}`);
    await this.#flowsStarted(from, 30_000);
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts again on the same user directory after `kill`. */
  async again(): Promise<void> {
    this.#child = this.#spawn();
    await this.#started();
  }

  /** Ends it as an operator would; the user directory goes, unless it was given. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    if (!this.#options.userDir) rmSync(this.userDir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    // what it said last may be read after its end
    const heard = child.connected ? once(child, 'disconnect') : undefined;
    await end(child, signal);
    await heard;
  }

  #spawn(): ChildProcess {
    const nodeRed = this.#options.nodeRed ?? join(root, 'node_modules/node-red');
    const args = ['--userDir', this.userDir, '--settings', join(this.userDir, 'settings.js')];
    const child = spawn(process.execPath, [join(nodeRed, 'red.js'), ...args], {
      cwd: this.userDir,
      env: { ...process.env, NODE_RED_HOME: nodeRed, ...this.#options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    endsWithUs(child);
    const collect = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('message', (event: { event: string; probe: string; msg: string; node: string; status: NodeStatus }) => {
      if (event.event === 'status') append(this.#statuses, event.node, event.status);
      if (event.event !== 'message') return;
      append(this.#messages, event.probe, v8.deserialize(Buffer.from(event.msg, 'base64')) as Message);
    });
    return child;
  }

  async #started(): Promise<void> {
    await this.#flowsStarted(this.log.length, 60_000);
  }

  /** @param from where in the log to look for it */
  async #flowsStarted(from: number, ms: number): Promise<void> {
    const child = this.#child;
    const missing = 'Waiting for missing types';
    const news = (): string => this.log.slice(from);
    const settled = (): boolean =>
      child.exitCode !== null || ['Started flows', missing].some((line) => news().includes(line));
    await until(settled, { ms, what: 'Node-RED to start its flows' }).catch((cause: unknown) => {
      throw new Error(`Node-RED has not started its flows:\n${news()}`, { cause });
    });
    if (child.exitCode !== null) throw new Error(`Node-RED ended with ${child.exitCode}:\n${news()}`);
    if (news().includes(missing)) throw new Error(`Node-RED cannot start its flows:\n${news()}`);
  }
}

function prepare(userDir: string, port: number, options: NodeRedOptions): void {
  mkdirSync(userDir, { recursive: true });
  const types = new Set(options.flow.map(({ type }) => type));
  const all = options.allNodes || options.nodeRed !== undefined;
  const excluded = all ? [] : unusedCoreNodes(join(root, 'node_modules/node-red'), types);
  const linkPercept = all ? link : (to: string, from: string) => linkNeeded(to, from, types);
  const packages: Record<string, string> = {
    'node-red-percept-probe': join(import.meta.dirname, 'probe'),
    ...(options.linkPercept === false ? {} : { [percept]: root }),
    ...options.packages,
  };
  for (const [name, folder] of Object.entries(packages)) {
    (name === percept ? linkPercept : link)(join(userDir, 'node_modules', name), folder);
  }
  if (!existsSync(join(userDir, 'package.json'))) {
    const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, '*']));
    writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'user', private: true, dependencies }));
  }
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flow, null, 2));
  if (options.credentials) writeFileSync(join(userDir, 'flows_cred.json'), JSON.stringify(options.credentials));
  writeFileSync(
    join(userDir, 'settings.js'),
    `module.exports = {
      uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json', credentialSecret: false,
      telemetry: { enabled: false }, externalModules: { autoInstall: false, palette: { allowInstall: false } },
      nodesExcludes: ${JSON.stringify(excluded)}, editorTheme: { tours: false }, logging: { console: { level: 'info', metrics: false, audit: false } },
      ${options.settings ?? ''}
    };`,
  );
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function link(path: string, folder: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(folder, path, 'dir');
}
