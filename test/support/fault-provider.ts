import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertNotice } from '../../dist/kit/index.js';

/** `down`: nobody listens. `busy`: 429. `slow`: it answers when nobody waits any more. `silent`: it never does. */
export type Manner = 'well' | 'down' | 'busy' | 'slow' | 'silent';

/** A request as it reached the provider, in the order in which they did. */
export interface Arrival {
  readonly notice: string;
  readonly key: string;
  readonly thread: string;
  /** Path of the channel. */
  readonly channel: string;
  readonly again: boolean;
  /** `refused`: the sender knows that it was not taken. `uncertain`: it cannot know. */
  readonly fate: 'taken' | 'refused' | 'uncertain';
  /** The sender had told, before, that this notice had arrived. */
  readonly knownBefore: boolean;
}

const slowMs = 1_500;

/** Takes notices by webhook, as it is told. */
export class FaultProvider {
  readonly arrivals: Arrival[] = [];
  /** Notices whose delivery the sender has told. */
  readonly told = new Set<string>();
  readonly #server: Server;
  #port = 0;
  #manner: Manner = 'well';
  /** Channels that behave so; empty: all. */
  #only = '';

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(): Promise<FaultProvider> {
    const provider = new FaultProvider();
    await provider.#listen();
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @param only paths that end so */
  async behave(manner: Manner, only = ''): Promise<void> {
    const was = this.#manner;
    this.#manner = manner;
    this.#only = only;
    if (manner === 'down') await this.stop();
    else if (was === 'down') await this.#listen();
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // cut off before all of it was here: it has not arrived
      return;
    }
    const { alert } = JSON.parse(Buffer.concat(parts).toString()) as { alert: AlertNotice };
    const channel = request.url ?? '';
    const manner = channel.endsWith(this.#only) ? this.#manner : 'well';
    const fate = manner === 'well' ? 'taken' : manner === 'busy' ? 'refused' : 'uncertain';
    const { notice, key, thread, again } = alert;
    const knownBefore = this.told.has(notice);
    this.arrivals.push({ notice, key, thread, channel, again, fate, knownBefore });
    if (manner === 'silent') {
      if (Math.random() < 0.5) request.socket.destroy();
    } else if (manner === 'slow') setTimeout(() => response.writeHead(200).end('{}'), slowMs).unref();
    else if (manner === 'busy') response.writeHead(429, { 'retry-after': '1' }).end('busy');
    else response.writeHead(200).end('{}');
  }
}
