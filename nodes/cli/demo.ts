import { type ChildProcess, fork, spawn } from 'node:child_process';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Express } from 'express';
import { type Access, firstOwner } from '../access/access.js';
import { guardServer } from '../access/gate.js';
import { type Broker, startBroker } from './broker.js';
import { addressesOf, makeServer, openDoor, type Reached } from './door.js';
import { error } from './errors.js';
import { credentialSecret, packageFolder, packageRoot, prepareUserDir, releaseUserDir } from './user-dir.js';

const help = `percept demo: Node-RED with a small plant that publishes over MQTT, stored and shown. Needs no service.

  --port PORT        of editor and dashboard (default 1880)
  --user-dir DIR     where flows, data and users are kept (default .percept)
  --fresh            forget what an earlier run left there
  --replay FILE      play this CSV beside the far machines, over their line, as if live
  --no-browser       don't open the dashboard
  --verbose          show Node-RED's own log

  --host ADDRESS     listen there instead of on this machine alone; 0.0.0.0 for the network
  --tls-cert FILE    PEM; with --tls-key, everything goes over TLS
  --tls-key FILE
  --public-url URL   how browsers reach it behind a proxy: https://plant.example
  --proxy ADDRESS    of that proxy, when it is on another machine; 172.16.0.0/12 for a network of them

PERCEPT_OWNER_PASSWORD sets the first owner's password; PERCEPT_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _NAME, _GROUPS
(admins=owner,crew=operator) and _GROUPS_CLAIM sign people in through an OpenID Connect provider. PERCEPT_PUBLIC_URL is where the
links in notices lead, if not to this address; PERCEPT_LINK_KEY signs them. See also: percept users`;

interface Options extends Reached {
  readonly fresh: boolean;
  readonly browser: boolean;
  readonly verbose: boolean;
  readonly replay: string | undefined;
}

/** Resolves when it was asked to stop. */
export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(help);
    return 0;
  }
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const demo = await start(options);
  announce(options, demo);
  await stopping;
  await demo.stop();
  return 0;
}

interface Demo {
  /** The one that was asked for, or what the system chose for 0. */
  readonly port: number;
  readonly access: Access;
  readonly broker: Broker;
  readonly nodeRedVersion: string;
  stop(): Promise<void>;
}

async function start(options: Options): Promise<Demo> {
  const { userDir } = options;
  prepareUserDir(userDir, options.fresh);
  const server = makeServer(options);
  await listen(server, options);
  const port = (server.address() as AddressInfo).port;
  const access = await openDoor({ ...options, port });
  guardServer(server, access);

  const broker = await startBroker(userDir, 1883);
  process.env['PERCEPT_MQTT_PORT'] = String(broker.port);
  process.env['PERCEPT_REPLAY_FILE'] = options.replay ?? '';
  process.env['PERCEPT_PUBLIC_URL'] ??= addressesOf(options, port).at;

  const RED = require(packageFolder('node-red')) as typeof import('node-red');
  const makeApp = require(require.resolve('express', { paths: [packageFolder('node-red')] })) as () => Express;
  const app = makeApp();
  app.disable('x-powered-by');
  app.use(access.middleware);
  RED.init(server, settings({ ...options, port }, access) as never);
  app.use('/', RED.httpAdmin);
  app.use('/', RED.httpNode);
  server.on('request', app);
  const flows = started(RED.events);
  await RED.start();
  await flows;
  let plant: ChildProcess | undefined;
  let stopping = false;
  void broker.subscribed.then(() => {
    if (!stopping) plant = startPlant(userDir, broker.port);
  });

  return {
    port,
    access,
    broker,
    nodeRedVersion: versionOf(packageFolder('node-red')),
    stop: async () => {
      stopping = true;
      plant?.disconnect();
      await RED.stop();
      await broker.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await access.close();
      releaseUserDir(userDir);
    },
  };
}

const flowsStartWithinMs = 15_000;

/** Flows start some time after the runtime says that it has, and can't be stopped before; never, if a node type is missing. */
function started(events: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, flowsStartWithinMs);
    events.once('flows:started', () => {
      clearTimeout(late);
      resolve();
    });
  });
}

function settings({ userDir, port, host, verbose }: Options, access: Access): Record<string, unknown> {
  return {
    uiPort: port,
    uiHost: host,
    userDir,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: credentialSecret(userDir),
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    telemetry: { enabled: false },
    adminAuth: access.adminAuth,
    editorTheme: {
      tours: false,
      header: { title: 'Percept' },
      projects: { enabled: false },
      logout: { redirect: '/access/sign-out' },
    },
    externalModules: { autoInstall: false },
    dashboard: { middleware: access.middleware, ioMiddleware: access.ioMiddleware },
    logging: {
      ...(verbose
        ? { console: { level: 'info', metrics: false, audit: false } }
        : { percept: { level: 'warn', handler: quietLog } }),
      changes: access.changes,
    },
  };
}

/** What nodes say, and errors; Node-RED's own remarks about its settings would only puzzle whoever sees them first. */
function quietLog(): (entry: { level: number; msg: unknown; type?: string; name?: string; id?: string }) => void {
  const errorLevel = 20;
  return ({ level, msg, type, name, id }) => {
    if (!type && level > errorLevel) return;
    const text = msg instanceof Error ? msg.message : String(msg);
    console.error(`${new Date().toISOString()} ${type ? `${type} ${name || id}: ` : ''}${text}`);
  };
}

/** In a process of its own: nothing it does can hold up what takes it in. It ends when this one does, however that ends. */
function startPlant(userDir: string, mqttPort: number): ChildProcess {
  const settings = {
    url: `mqtt://127.0.0.1:${mqttPort}`,
    seed: 1,
    positionFile: join(userDir, 'plant-position'),
    backlog: 15 * 60_000,
    longest: 24 * 3_600_000,
  };
  return fork(join(packageRoot, 'dist/simulate/plant-process.js'), [JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function listen(server: Server, { port, host }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') reject(error('port-taken', { port, other: port + 1 }, { cause }));
      else if (cause.code === 'EACCES') reject(error('port-forbidden', { port }, { cause }));
      else if (cause.code === 'EADDRNOTAVAIL') reject(error('bad-host', { host }, { cause }));
      else reject(cause);
    });
    server.listen(port, host, resolve);
  });
}

function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        port: { type: 'string', default: '1880' },
        'user-dir': { type: 'string', default: '.percept' },
        fresh: { type: 'boolean', default: false },
        replay: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'public-url': { type: 'string' },
        proxy: { type: 'string', multiple: true, default: [] },
        browser: { type: 'boolean', default: true },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return undefined;
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`"${values.port}" is not a port`);
    return {
      port,
      userDir: resolve(values['user-dir']),
      fresh: values.fresh,
      browser: values.browser,
      verbose: values.verbose,
      replay: values.replay === undefined ? undefined : resolve(values.replay),
      host: values.host,
      tlsCert: values['tls-cert'],
      tlsKey: values['tls-key'],
      publicUrl: values['public-url'],
      proxies: values.proxy,
    };
  } catch (cause) {
    throw error(
      'bad-option',
      { detail: cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause) },
      { cause },
    );
  }
}

function announce(options: Options, { port, access, broker, nodeRedVersion }: Demo): void {
  const { at, notes } = addressesOf(options, port);
  const first = access.firstPassword
    ? `\n  Sign in    ${firstOwner}, one-time password ${access.firstPassword}; you choose your own then`
    : '';
  console.log(`
Percept ${versionOf(packageRoot)} on Node-RED ${nodeRedVersion}, Node.js ${process.versions.node}

  Open       ${at}${access.startAddress()}   (lets you in once, within an hour)
  Dashboard  ${at}/dashboard/overview
  Phone      ${at}/percept/phone
  Editor     ${at}/${first}
  MQTT       mqtt://127.0.0.1:${broker.port}   readings on plant/<machine>/<quantity>
  Data       ${options.userDir}
${notes.map((note) => `\n${note}\n`).join('')}
Stop with Ctrl-C. What was stored stays; --fresh begins anew.
`);
  if (options.browser && process.stdout.isTTY) openBrowser(at + access.startAddress());
}

function versionOf(folder: string): string {
  return (require(join(folder, 'package.json')) as { version: string }).version;
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const opener = spawn(command as string, [...args, url], { stdio: 'ignore', detached: true });
  // a machine without a desktop has no such command; the address is printed anyway
  opener.on('error', () => undefined).unref();
}
