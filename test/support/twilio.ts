import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What became of one message or call: `status`, and for a message that failed `error_code` and `error_message`. */
export interface TwilioState {
  readonly status: string;
  readonly error_code?: number | null;
  readonly error_message?: string | null;
}

interface Taken {
  readonly sid: string;
  readonly kind: 'Messages' | 'Calls';
  readonly words: URLSearchParams;
  /** How often it was asked what became of it. */
  asked: number;
}

/** Takes messages and calls on loopback as Twilio's REST does, and says of each what it is told to. */
export class TwilioServer {
  readonly account = 'AC0123';
  readonly password = 'auth-token-of-the-test';
  readonly taken: Taken[] = [];
  /** By what it was sent with; default: `queued`. */
  become: (taken: Taken) => TwilioState = () => ({ status: 'queued' });
  /** Every request is answered with 503. */
  away = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TwilioServer> {
    const server = createServer();
    const twilio = new TwilioServer(server);
    server.on('request', async (request, response) => {
      const [status, body] = await twilio.#answer(request);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return twilio;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<[number, object]> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.away) return [503, { code: 20503, message: 'Service unavailable', status: 503 }];
    const known = `Basic ${Buffer.from(`${this.account}:${this.password}`).toString('base64')}`;
    if (request.headers.authorization !== known) return [401, { code: 20003, message: 'Authenticate', status: 401 }];
    const path = /^\/2010-04-01\/Accounts\/(\w+)\/(Messages|Calls)(?:\/(\w+))?\.json$/.exec(request.url ?? '');
    const [, account, kind, sid] = path ?? [];
    if (account !== this.account) return [404, notFound(request.url ?? '')];
    if (request.method === 'POST' && !sid) return [201, this.#take(kind as Taken['kind'], Buffer.concat(parts))];
    const taken = this.taken.find((one) => one.sid === sid && one.kind === kind);
    if (request.method !== 'GET' || !taken) return [404, notFound(request.url ?? '')];
    taken.asked++;
    const state = this.become(taken);
    return [200, kind === 'Calls' ? { sid, ...state } : { sid, error_code: null, error_message: null, ...state }];
  }

  #take(kind: Taken['kind'], body: Buffer): object {
    const sid = `${kind === 'Calls' ? 'CA' : 'SM'}${String(this.taken.length + 1).padStart(32, '0')}`;
    this.taken.push({ sid, kind, words: new URLSearchParams(body.toString()), asked: 0 });
    return { sid, status: 'queued' };
  }
}

function notFound(path: string): object {
  return { code: 20404, message: `The requested resource ${path} was not found`, status: 404 };
}
