import type { IncomingMessage } from 'node:http';
import type { Proxies } from './address.js';

/** Where we are reached; a proxy in front makes this another than what the request shows. */
export interface Place {
  /** `https://site.example`; undefined: as the request says. */
  readonly publicUrl?: string | undefined;
  /** Whose word counts about who asked. */
  readonly proxies?: Proxies | undefined;
}

/** Letter by letter as it came in. */
export function pathAsSent(request: IncomingMessage): string {
  // Express takes the part of the path off that an app is mounted on
  return 'originalUrl' in request ? String(request.originalUrl) : (request.url ?? '');
}

/** Whatever a program sends as its path, it is read as one on this server. */
export function urlOf(request: IncomingMessage): URL {
  const asked = pathAsSent(request);
  const path = asked.startsWith('/') ? asked : '/';
  return URL.parse(`http://localhost${path}`) ?? new URL('http://localhost/');
}

export function cookieOf(request: IncomingMessage, name: string): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

export function bearerOf(request: IncomingMessage): string {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

export function isEncrypted(request: IncomingMessage, { publicUrl }: Place): boolean {
  if (publicUrl !== undefined) return publicUrl.startsWith('https:');
  return 'encrypted' in request.socket && request.socket.encrypted === true;
}

/** What a browser shows in its address line before the path. */
export function originOf(request: IncomingMessage, place: Place): string {
  if (place.publicUrl !== undefined) return new URL(place.publicUrl).origin;
  return `${isEncrypted(request, place) ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`;
}

/**
 * A page of another site must not use this browser's session. Browsers say where a request comes from in `Sec-Fetch-Site` and, when it changes
 * something or opens a socket, in `Origin`; programs say neither, and have no cookie that somebody else could use.
 */
export function isOwnOrigin(request: IncomingMessage, place: Place): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && origin !== originOf(request, place)) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** Engine.IO's own path, wherever a dashboard lies. */
export function isChannel(request: IncomingMessage): boolean {
  return /^[^?]*\/socket\.io\/(\?|$)/.test(pathAsSent(request));
}

export function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
}

export function wantsPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

/** @returns a path on this server, whatever was asked for: nobody is sent elsewhere after signing in */
export function localPath(next: string | null | undefined, home: string): string {
  if (!next?.startsWith('/')) return home;
  // as a browser would read it: it takes `\\` for `/` and leaves line ends out
  const read = URL.parse(next, 'http://localhost');
  if (read?.host !== 'localhost' || read.pathname.startsWith('//') || read.pathname.startsWith('/access/')) return home;
  return read.pathname + read.search + read.hash;
}

const longestForm = 10_000;
/** Nobody's browser; the connection ends. */
const longestRead = 1_000_000;

/** @returns what a form of ours sent; undefined when it is none or too long */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // read on to the end, or the browser would see a broken connection instead of an answer
    if (length <= longestForm) parts.push(part);
    if (length > longestRead) request.destroy();
  }
  if (length > longestForm) return undefined;
  return new URLSearchParams(Buffer.concat(parts).toString());
}
