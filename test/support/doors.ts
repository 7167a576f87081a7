import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { root } from './node-red.ts';

export const ownerPassword = 'a few plain words';

/** Source text for `settings` of a NodeRed: our locks as a user would put them into settings.js. */
export function lockSettings(port: number, options: object = {}): string {
  const given = JSON.stringify({ ownerPassword, ...options });
  return `...require(${JSON.stringify(`${root}/access.js`)}).lock({ userDir: __dirname, uiPort: ${port} }, ${given}),`;
}

/** What a browser would send and keep: cookies by name. */
export class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string, cookie?: string) {
    this.#url = url;
    if (cookie) this.#take([cookie]);
  }

  /** What lets in. */
  get cookie(): string {
    return this.#those((name) => !name.endsWith('_device'));
  }

  /** What says that this browser has been here. */
  get device(): string {
    return this.#those((name) => name.endsWith('_device'));
  }

  #those(which: (name: string) => boolean): string {
    const all = [...this.#cookies].filter(([name]) => which(name));
    return all.map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Response> {
    const own = method === 'GET' ? {} : { origin: this.#url };
    const cookies = this.#those(() => true);
    const response = await fetch(path.startsWith('http') ? path : this.#url + path, {
      method,
      redirect: 'manual',
      headers: { ...own, ...(cookies ? { cookie: cookies } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    this.#take(response.headers.getSetCookie());
    return response;
  }

  post(path: string, form: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Response> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
    });
  }

  async signIn(name: string, password: string): Promise<Response> {
    return this.post('/access/sign-in', { name, password });
  }

  #take(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** A request as a program sends it: any method, and the path letter by letter. */
export function askRaw(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, method, headers, agent, timeout: 20_000 });
    asking.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    // what leaves HTTP: CONNECT, or an upgrade that was taken
    const left = ({
      statusCode = 0,
      headers: answered,
    }: {
      statusCode?: number;
      headers: IncomingHttpHeaders;
    }): void => {
      asking.destroy();
      resolve({ status: statusCode, headers: answered, body: '' });
    };
    asking.once('connect', left);
    asking.once('upgrade', left);
    asking.once('timeout', () => asking.destroy(new Error(`no answer to ${method} ${path}`)));
    asking.once('error', reject);
    asking.end(body);
  });
}

/** Bytes as they are, and all that comes back until the other side closes or is silent for a while. */
export function askBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setTimeout(1_500, () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(answer));
  });
}

/** @returns what became of opening a WebSocket: `open`, or the status of the refusal */
export function knock(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.once('error', (error) => resolve(/\d{3}/.exec(error.message)?.[0] ?? error.message));
  });
}

/** A page's channel to the dashboard, spoken by hand: Socket.IO 4 over one WebSocket. */
export class PageChannel {
  readonly #socket: WebSocket;
  readonly received: string[] = [];
  closed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const text = String(data);
      if (text === '2') socket.send('3');
      else this.received.push(text);
    });
    socket.once('close', () => {
      this.closed = true;
    });
  }

  /** Resolves to the channel, or to why there is none. */
  static open(url: string, headers: Record<string, string>): Promise<PageChannel | string> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/dashboard/socket.io/?EIO=4&transport=websocket`, {
        headers,
      });
      const channel = new PageChannel(socket);
      socket.once('error', (error) => resolve(error.message));
      socket.on('message', (data) => {
        const text = String(data);
        if (text.startsWith('0')) socket.send('40');
        else if (text.startsWith('40')) resolve(channel);
        else if (text.startsWith('44')) {
          socket.terminate();
          resolve(text);
        }
      });
    });
  }

  emit(event: string, ...args: readonly unknown[]): void {
    this.#socket.send(`42${JSON.stringify([event, ...args])}`);
  }

  close(): void {
    this.#socket.terminate();
  }
}
