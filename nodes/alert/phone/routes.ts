import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { Type } from 'typebox';
import { messageReader, toPerceptError } from '../../kit/index.js';
import { manifestOf, pagePolicy, type Shell, shellOf } from './shell.js';
import type { Visitor } from './visitor.js';

/** What a person does on the page. */
export const Act = Type.Object({
  what: Type.Enum(['acknowledge', 'snooze'] as const),
  id: Type.Integer({ minimum: 1 }),
  key: Type.String({ minLength: 1, maxLength: 500 }),
});
const Seen = Type.Object({ notice: Type.String({ maxLength: 40 }) });
const Base64 = Type.String({ pattern: '^[\\w-]{16,200}=*$' });
export const Registration = Type.Object({
  endpoint: Type.String({ minLength: 10, maxLength: 2_000 }),
  keys: Type.Object({ p256dh: Base64, auth: Base64 }),
  serverKey: Base64,
  device: Type.String({ maxLength: 80, default: '' }),
});
const Endpoint = Type.Object({ endpoint: Type.String({ maxLength: 2_000 }) });

const read = {
  act: messageReader(Act),
  seen: messageReader(Seen),
  registration: messageReader(Registration),
  endpoint: messageReader(Endpoint),
};
export type Act = ReturnType<typeof read.act>;
export type Registration = ReturnType<typeof read.registration>;

/** What stands behind the page. */
export interface Behind {
  /** @returns undefined: nobody */
  visitor(request: IncomingMessage): Promise<Visitor | undefined>;
  shell(): Promise<Shell>;
  /** Where *view live* leads. */
  readonly view: string;
  /** Somebody goes there. */
  viewed(visitor: Visitor): void;
  live(visitor: Visitor, response: ServerResponse): boolean;
  act(visitor: Visitor, act: Act): void;
  seen(visitor: Visitor, notice: string): void;
  register(visitor: Visitor, registration: Registration): Promise<void>;
  forget(visitor: Visitor, endpoint: string): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
const files = new Set([
  ...['page.mjs', 'cards.mjs', 'ring.mjs', 'device.mjs', 'worker.js', 'page.css', 'icon.svg'],
  ...['icon-192.png', 'icon-512.png', 'maskable-512.png', 'badge-96.png'],
]);
const longestBody = 10_000;

/**
 * Everything under `/percept/phone`. Who may come this far the door has decided; what changes something is JSON, which no form can send.
 * @param path what follows; empty: the page itself
 */
export async function answer(
  behind: Behind,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const visitor = await behind.visitor(request);
  if (!visitor) return end(response, 401);
  const get = request.method === 'GET' || request.method === 'HEAD';
  if (get && files.has(path)) return await sendFile(behind, response, path);
  switch (`${get ? 'GET' : request.method} ${path}`) {
    case 'GET ':
      response.setHeader('Content-Security-Policy', pagePolicy);
      return send(response, 'text/html; charset=utf-8', shellOf(await behind.shell(), visitor));
    case 'GET manifest.webmanifest':
      return send(response, 'application/manifest+json', manifestOf(await behind.shell(), visitor.language));
    case 'GET live':
      if (request.method === 'HEAD') return end(response, 200);
      if (!behind.live(visitor, response)) end(response, 503);
      return;
    case 'GET view':
      if (request.method === 'GET') behind.viewed(visitor);
      response.writeHead(302, { Location: behind.view, 'Cache-Control': 'no-store' }).end();
      return;
    case 'POST act':
      return await take(request, response, visitor, read.act, (act) => behind.act(visitor, act));
    case 'POST seen':
      return await take(request, response, visitor, read.seen, ({ notice }) => behind.seen(visitor, notice));
    case 'PUT device':
      return await take(request, response, visitor, read.registration, (given) => behind.register(visitor, given));
    case 'DELETE device':
      return await take(request, response, visitor, read.endpoint, ({ endpoint }) => behind.forget(visitor, endpoint));
    default:
      return end(response, 404);
  }
}

async function take<T>(
  request: IncomingMessage,
  response: ServerResponse,
  { mayAct }: Visitor,
  reader: (raw: unknown) => T,
  act: (given: T) => Promise<void> | void,
): Promise<void> {
  if (!mayAct) return end(response, 403);
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) return end(response, 415);
  try {
    await act(reader(await jsonOf(request)));
    end(response, 204);
  } catch (thrown) {
    const problem = toPerceptError(thrown);
    // what was asked for was wrong, or what stands behind is not to be had
    const status = /^(message-invalid|push-service|unexpected)$/.test(problem.code) ? 400 : 503;
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(problem.localized());
  }
}

async function jsonOf(request: IncomingMessage & { readonly body?: unknown }): Promise<unknown> {
  // where editor and pages lie under one root, the editor's parser has read it
  if (request.body !== undefined) return request.body;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // read on to the end, or the browser would see a broken connection instead of an answer
    if (length <= longestBody) parts.push(part);
  }
  if (length > longestBody) throw new Error(`the request is longer than ${longestBody} bytes`);
  return JSON.parse(Buffer.concat(parts).toString());
}

async function sendFile({ shell }: Behind, response: ServerResponse, file: string): Promise<void> {
  // a worker may have no more than the folder it lies in, unless this says so
  if (file === 'worker.js') response.setHeader('Service-Worker-Allowed', (await shell()).root);
  send(response, types[extname(file)] ?? '', await readFile(join(__dirname, 'page', file)));
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.setHeader('Cache-Control', type.startsWith('text/html') ? 'no-store' : 'no-cache');
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Cache-Control': 'no-store' }).end();
}
