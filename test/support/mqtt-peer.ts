import { createServer as createHttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import type { Packet } from 'mqtt';
import { type WebSocket, WebSocketServer } from 'ws';

// mqtt.js brings it; it is what both ends of the wire are made of
const { parser, generate } = createRequire(createRequire(import.meta.url).resolve('mqtt'))('mqtt-packet') as {
  parser(options: object): { on(event: 'packet', take: (packet: Packet) => void): void; parse(bytes: Buffer): void };
  generate(packet: object, options: object): Buffer;
};

export type Transport = 'mqtt' | 'ws';

/** The broker's end of the wire, in the test's hands: shows each packet that arrives, sends what it is told. */
export class MqttPeer {
  readonly port: number;
  /** Of all connections, oldest first. */
  readonly received: Packet[] = [];
  connections = 0;
  /** Answers CONNECT, SUBSCRIBE and PINGREQ. */
  polite = true;
  sessionPresent = false;
  readonly #version: 4 | 5;
  readonly #server: Server;
  #socket: Socket | undefined;
  #websocket: WebSocket | undefined;

  private constructor(server: Server, version: 4 | 5) {
    this.#server = server;
    this.#version = version;
    this.port = (server.address() as { port: number }).port;
  }

  static async start(version: 4 | 5 = 4, transport: Transport = 'mqtt'): Promise<MqttPeer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const peer = new MqttPeer(server, version);
    if (transport === 'mqtt') server.on('connection', (socket) => socket.on('data', peer.#accept(socket)));
    else peer.#overHttp(server);
    return peer;
  }

  packets<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[] {
    return this.received.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd);
  }

  send(packet: object): void {
    const bytes = generate(packet, { protocolVersion: this.#version });
    if (this.#websocket) this.#websocket.send(bytes);
    else this.#socket?.write(bytes);
  }

  publish(messageId: number, topic: string, payload: string, dup = false): void {
    this.send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, messageId, dup, retain: false });
  }

  drop(): void {
    this.#socket?.destroy();
  }

  /** Sends what `send` sends in one go, then ends the connection as a kernel does for a process killed with something unread. */
  async lastWords(send: () => void): Promise<void> {
    this.#socket?.cork();
    send();
    this.#socket?.uncork();
    await new Promise((resolve) => this.#socket?.write('', resolve));
    this.#socket?.resetAndDestroy();
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #overHttp(server: Server): void {
    const http = createHttpServer();
    server.on('connection', (socket) => http.emit('connection', socket));
    new WebSocketServer({ server: http }).on('connection', (websocket, { socket }) =>
      websocket.on('message', this.#accept(socket, websocket)),
    );
  }

  /** @returns what takes the bytes that arrive */
  #accept(socket: Socket, websocket?: WebSocket): (bytes: Buffer) => void {
    this.#socket = socket;
    this.#websocket = websocket;
    this.connections++;
    const reader = parser({ protocolVersion: this.#version });
    reader.on('packet', (packet) => {
      this.received.push(packet);
      if (this.polite) this.#answer(packet);
    });
    socket.on('error', () => undefined);
    return (bytes) => reader.parse(bytes);
  }

  #answer(packet: Packet): void {
    if (packet.cmd === 'connect')
      this.send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: this.sessionPresent });
    if (packet.cmd === 'subscribe')
      this.send({ cmd: 'suback', messageId: packet.messageId, granted: packet.subscriptions.map(() => 1) });
    if (packet.cmd === 'unsubscribe') this.send({ cmd: 'unsuback', messageId: packet.messageId, granted: [0] });
    if (packet.cmd === 'pingreq') this.send({ cmd: 'pingresp' });
  }
}
