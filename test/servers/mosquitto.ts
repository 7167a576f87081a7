import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { end, endsWithUs } from '../support/children.ts';
import { freePorts } from '../support/ports.ts';
import { until } from '../support/until.ts';

export interface MosquittoOptions {
  /** Listeners with TLS and websocket too; making the certificates takes a moment. */
  readonly tls?: boolean;
  /** User -> password; without it everybody may do everything. */
  readonly users?: Readonly<Record<string, string>>;
  /** Text of an access list. */
  readonly acl?: string;
  /** More lines for the configuration file. */
  readonly conf?: readonly string[];
}

/** PEM texts. */
export interface Certificates {
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** Of an authority that signed nothing here. */
  readonly strangersCa: string;
}

const listeners = ['tcp', 'tls', 'expired', 'clientCert', 'ws', 'wss'] as const;
type Ports = Readonly<Record<(typeof listeners)[number], number>>;

const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path)) ?? 'mosquitto';

/** A real Mosquitto on loopback in a temporary folder, with persistence: killed, it comes back on the same ports. */
export class Mosquitto {
  /** `expired`: its certificate has; `clientCert`: wants one from the client. */
  readonly ports: Ports;
  readonly certificates: Certificates;
  readonly #dir: string;
  #child: ChildProcess;

  private constructor(dir: string, ports: Ports, certificates: Certificates) {
    this.#dir = dir;
    this.ports = ports;
    this.certificates = certificates;
    this.#child = this.#spawn();
  }

  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const dir = mkdtempSync(join(tmpdir(), 'percept-mq-'));
    mkdirSync(join(dir, 'data'));
    const free = await freePorts(listeners.length);
    const ports = Object.fromEntries(listeners.map((name, i) => [name, free[i]])) as Ports;
    const certificates = options.tls
      ? makeCertificates(dir)
      : { ca: '', clientCert: '', clientKey: '', strangersCa: '' };
    if (options.users) writePasswords(join(dir, 'passwords'), options.users);
    if (options.acl) writeFileSync(join(dir, 'acl'), options.acl, { mode: 0o600 });
    writeFileSync(join(dir, 'mosquitto.conf'), configuration(dir, ports, options));
    const server = new Mosquitto(dir, ports, certificates);
    try {
      await server.#listening();
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return server;
  }

  get port(): number {
    return this.ports.tcp;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get log(): string {
    const path = join(this.#dir, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await end(this.#child, 'SIGKILL');
  }

  /** Stops it as an operator would: it saves its sessions first. */
  async halt(): Promise<void> {
    await end(this.#child, 'SIGTERM');
  }

  /** After `kill` or `halt`: the same ports, the same sessions. */
  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.#listening();
  }

  /** Resolves when it has saved what it holds by now. */
  async saved(): Promise<void> {
    const from = Date.now();
    const file = join(this.#dir, 'data/mosquitto.db');
    await until(() => statSync(file).mtimeMs > from, { what: 'Mosquitto to save its sessions' });
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await end(this.#child, 'SIGTERM');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #spawn(): ChildProcess {
    return endsWithUs(spawn(program, ['-c', join(this.#dir, 'mosquitto.conf')], { stdio: 'ignore' }));
  }

  async #listening(): Promise<void> {
    await until(() => this.#child.exitCode !== null || answers(this.port), { what: 'Mosquitto to listen' });
    if (this.#child.exitCode !== null) throw new Error(`Mosquitto ended with ${this.#child.exitCode}: ${this.log}`);
  }
}

function configuration(dir: string, ports: Ports, { tls, users, acl, conf = [] }: MosquittoOptions): string {
  const secure = (certificate: string): string[] => [
    `cafile ${dir}/ca.crt`,
    `certfile ${dir}/${certificate}.crt`,
    `keyfile ${dir}/${certificate}.key`,
  ];
  const more = tls
    ? [
        `listener ${ports.tls} 127.0.0.1`,
        ...secure('server'),
        `listener ${ports.expired} 127.0.0.1`,
        ...secure('expired'),
        `listener ${ports.clientCert} 127.0.0.1`,
        ...secure('server'),
        'require_certificate true',
        `listener ${ports.ws} 127.0.0.1`,
        'protocol websockets',
        `listener ${ports.wss} 127.0.0.1`,
        'protocol websockets',
        ...secure('server'),
      ]
    : [];
  return [
    `listener ${ports.tcp} 127.0.0.1`,
    ...more,
    ...(users ? [`password_file ${dir}/passwords`, 'allow_anonymous false'] : ['allow_anonymous true']),
    ...(acl ? [`acl_file ${dir}/acl`] : []),
    'persistence true',
    `persistence_location ${dir}/data/`,
    'autosave_interval 1',
    'max_queued_messages 1000000',
    'max_inflight_messages 0',
    `log_dest file ${dir}/log`,
    'log_type error',
    'log_type warning',
    `user ${userInfo().username}`,
    ...conf,
    '',
  ].join('\n');
}

function writePasswords(path: string, users: Readonly<Record<string, string>>): void {
  const lines = Object.entries(users).map(([user, password]) => `${user}:${password}`);
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-U', path], { stdio: 'ignore' });
}

function makeCertificates(dir: string): Certificates {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  };
  const key = (name: string): void =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const authority = (name: string): void => {
    key(name);
    openssl(
      ...[
        'req',
        '-x509',
        '-new',
        '-key',
        `${name}.key`,
        '-days',
        '30',
        '-subj',
        `/CN=test ${name}`,
        '-out',
        `${name}.crt`,
      ],
      ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
    );
  };
  const signed = (name: string, days: string): void => {
    key(name);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', days, '-extfile', 'names', '-out', `${name}.crt`],
    );
  };
  writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  authority('ca');
  authority('stranger');
  signed('server', '30');
  signed('client', '30');
  signed('expired', '-1');
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  return {
    ca: read('ca.crt'),
    clientCert: read('client.crt'),
    clientKey: read('client.key'),
    strangersCa: read('stranger.crt'),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
