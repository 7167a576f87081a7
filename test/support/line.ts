import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut: so that both ends notice, or so that neither does and nothing comes through. */
export class Line {
  readonly port: number;
  readonly #to: number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #cut: 'reset' | 'silent' | undefined;

  private constructor(server: Server, to: number) {
    this.#server = server;
    this.#to = to;
    this.port = (server.address() as { port: number }).port;
  }

  static async to(port: number): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const line = new Line(server, port);
    server.on('connection', (near) => line.#accept(near));
    return line;
  }

  cut(how: 'reset' | 'silent'): void {
    this.#cut = how;
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.unpipe().pause();
      }
    }
  }

  join(): void {
    this.#cut = undefined;
    // what was silent is long forgotten at the other end
    for (const pair of this.#pairs) for (const socket of pair) if (socket.isPaused()) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket): void {
    if (this.#cut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#to, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [one, other] of [pair, [far, near] as const]) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}
