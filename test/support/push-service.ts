import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until.ts';

/** A browser's keys for one subscription, and where its push service takes what is for it. */
export interface TestDevice {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface Pushed {
  /** Decrypted. */
  readonly payload: Record<string, unknown>;
  /** Bytes on the wire. */
  readonly bytes: number;
  readonly headers: IncomingHttpHeaders;
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
  /** The key that signed it. */
  readonly serverKey: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A push service on loopback with the devices behind it: checks the signature (RFC 8292), decrypts as a browser would (RFC 8291),
 * and answers as told, else 201. Written from the RFCs, without the library that it judges.
 */
export class PushService {
  /** By name of the device. */
  readonly pushed = new Map<string, Pushed[]>();
  /** What it answers for a device, one after the other. */
  readonly answers = new Map<string, Answer[]>();
  /** Requests that were no proper push. */
  readonly improper: string[] = [];
  readonly #devices = new Map<string, { readonly pair: ECDH; readonly auth: Buffer }>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PushService> {
    const server = createServer();
    const service = new PushService(server);
    server.on('request', async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const name = request.url?.split('/').at(-1) ?? '';
      const answer = service.answers.get(name)?.shift() ?? { status: 201 };
      try {
        service.#take(name, request.method, request.headers, Buffer.concat(parts));
        response.writeHead(answer.status, answer.headers).end();
      } catch (thrown) {
        service.improper.push(String(thrown));
        response.writeHead(400).end(String(thrown));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  device(name: string): TestDevice {
    const pair = createECDH('prime256v1');
    pair.generateKeys();
    const auth = randomBytes(16);
    this.#devices.set(name, { pair, auth });
    return {
      endpoint: `${this.url}/push/${name}`,
      keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') },
    };
  }

  async last(name: string, count = 1): Promise<Pushed> {
    return await until(() => (this.pushed.get(name) ?? [])[count - 1] && this.pushed.get(name)?.at(-1), {
      what: `push ${count} to ${name}; ${this.improper.join()}`,
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(name: string, method: string | undefined, headers: IncomingHttpHeaders, body: Buffer): void {
    const device = this.#devices.get(name);
    if (!device || method !== 'POST') throw new Error(`${method} ${name}`);
    if (!/^\d+$/.test(String(headers['ttl']))) throw new Error('no TTL');
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not aes128gcm');
    if (body.length > 4_096) throw new Error(`${body.length} bytes`);
    const { claims, key } = vapid(String(headers['authorization']), this.url);
    const payload = JSON.parse(decrypted(body, device.pair, device.auth)) as Record<string, unknown>;
    const all = this.pushed.get(name) ?? [];
    all.push({ payload, bytes: body.length, headers, claims, serverKey: key });
    this.pushed.set(name, all);
  }
}

/** RFC 8188 with the keys of RFC 8291, section 3.4. */
function decrypted(body: Buffer, pair: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const cipher = body.subarray(21 + keyLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
  const input = Buffer.from(hkdfSync('sha256', pair.computeSecret(sender), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(cipher.subarray(-16));
  const padded = Buffer.concat([decipher.update(cipher.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0))
    throw new Error('the last record has no delimiter');
  return padded.subarray(0, end).toString();
}

/** RFC 8292: an ES256 token for this origin, not expired and for no longer than a day. */
function vapid(authorization: string, origin: string): { claims: Pushed['claims']; key: string } {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)];
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) throw new Error('the signature is wrong');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Pushed['claims'];
  const left = claims.exp - Date.now() / 1000;
  if (claims.aud !== origin || left <= 0 || left > 86_400 + 60) throw new Error(`claims ${JSON.stringify(claims)}`);
  if (!/^(mailto|https):/.test(claims.sub)) throw new Error(`subject ${claims.sub}`);
  return { claims, key };
}
