import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { pipeline } from 'node:stream';
import type { Request, Response } from 'express';
import { toPerceptError } from '../../kit/index.js';
import type { Bucket, ObjectInfo, Range, UrlOptions } from './bucket.js';

/** Addresses end with the process that signed them, as they are meant for minutes. */
const secret = randomBytes(32);

/** What a folder serves: key, type and end of the address are signed, so that none of them can be changed. */
export function signedPath(owner: string, key: string, { seconds, contentType = '' }: UrlOptions): string {
  const until = Math.ceil(Date.now() / 1000 + seconds);
  const query = new URLSearchParams({ until: String(until), type: contentType });
  query.set('signature', signature(owner, key, String(until), contentType));
  return `${owner}/${key.split('/').map(encodeURIComponent).join('/')}?${query}`;
}

type Find = (owner: string) => Bucket | undefined;
type Seen = (request: Request, key: string) => void;

/** What shows people or evidence. */
const sights = /^(image|audio|video)\//;

/**
 * Answers GET and HEAD of signed addresses, whole objects and ranges.
 * @param find the bucket that belongs to an owner
 * @param seen is told who gets a picture, a recording or a film
 */
export function serveSigned(find: Find, seen: Seen = () => undefined) {
  return (request: Request, response: Response): void => {
    answer(find, seen, request, response).catch((thrown: unknown) => {
      const status = toPerceptError(thrown).code === 'bucket-not-found' ? 404 : 500;
      if (response.headersSent) response.destroy();
      else response.status(status).end();
    });
  };
}

async function answer(find: Find, seen: Seen, request: Request, response: Response): Promise<void> {
  const [owner = '', ...names] = decoded(request.path.slice(1)).split('/');
  const key = names.join('/');
  const { until, type, signature: given } = texts(request.query);
  const bucket = find(owner);
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.status(405).end();
  if (!bucket || !equal(given, signature(owner, key, until, type))) return void response.status(403).end();
  if (Date.now() / 1000 > Number(until)) return void response.status(403).end();
  const info = await bucket.head(key);
  if (request.method === 'GET' && sights.test(type || info.contentType)) seen(request, key);
  response.set({
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=60',
    'content-type': type || info.contentType,
    // what lies in a bucket came from outside: it must never run as part of this site
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  await send(bucket, info, request, response);
}

async function send(bucket: Bucket, { key, bytes }: ObjectInfo, request: Request, response: Response): Promise<void> {
  const range = rangeOf(request, bytes);
  if (range === 'beyond') return void response.status(416).set('content-range', `bytes */${bytes}`).end();
  response.set('content-length', String(range ? range.end - range.start + 1 : bytes));
  if (range) response.status(206).set('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  if (request.method === 'HEAD') return void response.end();
  const source = await (range ? bucket.range(key, range) : bucket.stream(key));
  // an object that turns out corrupt cuts the connection before its end
  pipeline(source, response, () => undefined);
}

function rangeOf(request: Request, bytes: number): (Range & { end: number }) | 'beyond' | undefined {
  const ranges = request.range(bytes);
  if (ranges === -1) return 'beyond';
  const first = ranges === undefined || ranges === -2 || ranges.length !== 1 ? undefined : ranges[0];
  return first && { start: first.start, end: first.end };
}

function signature(...parts: readonly string[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url');
}

function equal(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function texts(query: Request['query']): { until: string; type: string; signature: string } {
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '');
  return { until: text('until'), type: text('type'), signature: text('signature') };
}
