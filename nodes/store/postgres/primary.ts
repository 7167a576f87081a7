import { Socket } from 'node:net';
import type { Client, ClientConfig, Pool, PoolClient } from 'pg';
import { type PerceptError, toPerceptError } from '../../kit/index.js';
import { storeError } from '../errors.js';
import { isLost, postgresError } from './errors.js';
import type { Hosts } from './hosts.js';
import { Pulse } from './pulse.js';

type Driver = typeof import('pg');

const connections = 6;
const patienceMs = 5_000;
const closingMs = 2_000;
const bigint = 20;
const numeric = 1700;

/** Connections to whichever of the hosts accepts writes at the moment: a promoted standby is found without a restart. */
export class Primary {
  readonly #hosts: Hosts;
  #driver: Driver | undefined;
  /** Index of the host that was the primary last. */
  #current = 0;
  #pool: Pool | undefined;
  #closed = false as boolean;
  /** Of all connections: what a server that hangs would never let go of is cut. */
  readonly #sockets = new Set<Socket>();
  readonly #pulse = new Pulse(
    patienceMs,
    () => this.#alive(),
    (ms) => this.#silent(ms),
  );

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /** What is asked of the server goes through here. Rejects with `store-silent`, all connections cut, when it hangs. */
  watched<T>(work: () => Promise<T>): Promise<T> {
    return this.#pulse.during(work);
  }

  /** A connection from the pool, for queries. @throws PerceptError */
  connect(): Promise<PoolClient> {
    return this.watched(() => this.#pooled());
  }

  /** A connection of the caller's own. @throws PerceptError */
  client(options: ClientConfig = {}): Promise<Client> {
    return this.watched(() => this.#own(options));
  }

  async #pooled(): Promise<PoolClient> {
    const pool = this.#pool;
    if (pool) {
      try {
        return await pool.connect();
      } catch (thrown) {
        if (pool.totalCount >= connections) throw this.#error(thrown);
        this.forget(pool);
      }
    }
    // finds the primary and tells why there is none
    await (await this.#own()).end();
    const driver = await this.#load();
    this.#pool ??= this.#newPool(driver);
    return this.#pool.connect().catch((thrown: unknown) => {
      throw this.#error(thrown);
    });
  }

  async #own(options: ClientConfig = {}): Promise<Client> {
    const problems: PerceptError[] = [];
    const { configs } = this.#hosts;
    for (let i = 0; i < configs.length; i++) {
      const at = (this.#current + i) % configs.length;
      try {
        const client = await this.#tryHost({ ...configs[at], ...options });
        if (at !== this.#current) this.forget();
        this.#current = at;
        return client;
      } catch (thrown) {
        problems.push(toPerceptError(thrown));
      }
    }
    // a refusal says more than silence does
    throw problems.find(({ code }) => code !== 'store-unreachable') ?? (problems[0] as PerceptError);
  }

  /** The next connection looks for the primary again. */
  forget(pool: Pool | undefined = this.#pool): void {
    if (this.#pool !== pool) return;
    this.#pool = undefined;
    pool?.end().catch(() => undefined);
  }

  /** Gives a pooled connection back, or away when it failed. */
  release(client: PoolClient, problem?: PerceptError): void {
    const lost = problem !== undefined && isLost(problem);
    client.release(lost);
    if (lost) this.forget();
  }

  /** @param first lets go of the connections that were handed out */
  async close(first: () => Promise<void>): Promise<void> {
    this.#closed = true;
    const late = setTimeout(() => this.#cut(), closingMs);
    await first();
    await this.#pool?.end();
    this.#pool = undefined;
    clearTimeout(late);
  }

  /** Whoever can still take a connection, or refuse it with a reason, is alive. */
  async #alive(): Promise<boolean> {
    const { Client: NewClient, DatabaseError } = await this.#load();
    const client = new NewClient(this.#configured(this.#hosts.configs[this.#current] as ClientConfig));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch (thrown) {
      return thrown instanceof DatabaseError;
    } finally {
      client.end().catch(() => undefined);
    }
  }

  #silent(ms: number): void {
    this.forget();
    this.#cut(storeError('store-silent', { store: this.#hosts.label, seconds: Math.round(ms / 1000) }));
  }

  #cut(reason?: PerceptError): void {
    for (const socket of this.#sockets) socket.destroy(reason);
  }

  async #tryHost(config: ClientConfig): Promise<Client> {
    const { Client: NewClient } = await this.#load();
    if (this.#closed) throw storeError('store-closed', { store: this.#hosts.label });
    const client = new NewClient(this.#configured(config));
    // without a listener the death of the server would throw
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
      if (!rows[0]?.standby) return client;
    } catch (thrown) {
      await client.end().catch(() => undefined);
      throw this.#error(thrown);
    }
    await client.end();
    const detail = `${client.host}:${client.port} is a standby`;
    throw storeError('store-unreachable', { store: this.#hosts.label, detail });
  }

  #newPool({ Pool: NewPool }: Driver): Pool {
    const config = this.#hosts.configs[this.#current] as ClientConfig;
    const pool = new NewPool({ ...this.#configured(config), max: connections, idleTimeoutMillis: 30_000 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  #configured(config: ClientConfig): ClientConfig {
    const { types } = this.#driver as Driver;
    const toNumber = (text: string) => Number(text);
    const getTypeParser = ((oid: number, format?: 'text') =>
      oid === bigint || oid === numeric ? toNumber : types.getTypeParser(oid, format)) as typeof types.getTypeParser;
    return { ...config, types: { getTypeParser }, stream: () => this.#socket() };
  }

  #socket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  async #load(): Promise<Driver> {
    if (this.#driver) return this.#driver;
    try {
      this.#driver = (await import('pg')).default;
      return this.#driver;
    } catch (cause) {
      throw storeError('store-driver-missing', {}, { cause });
    }
  }

  #error(thrown: unknown): PerceptError {
    return postgresError(thrown, this.#hosts.label);
  }
}
