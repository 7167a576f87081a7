import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { language } from '../kit/index.js';

export interface Locks {
  /** What the address printed at start carries as `?key=`. */
  readonly key: string;
  /** Express-style, for every HTTP route: editor, dashboard and APIs. */
  middleware(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** For the dashboard's Socket.IO: its pages' lock alone leaves this channel open. */
  ioMiddleware(socket: { readonly request: IncomingMessage }, next: (error?: Error) => void): void;
  /** For every WebSocket of the server, also the editor's own. */
  guardUpgrades(request: IncomingMessage, socket: Duplex): void;
}

const closed = {
  'en-US': {
    title: 'Percept is locked',
    text: 'Open the address that Percept printed when it started: it carries the key. It is also in the file “key” of its user directory.',
  },
  ko: {
    title: 'Percept가 잠겨 있습니다',
    text: '시작할 때 출력된 주소를 여세요. 주소에 열쇠가 들어 있습니다. 사용자 디렉터리의 “key” 파일에도 있습니다.',
  },
};

/**
 * Locks everything behind one key that only the person who started Percept can read.
 * @param keyFile created with mode 600 when it isn't there
 * @param port cookies know no ports: it goes into the cookie's name, so that two demos don't log each other out
 */
export function makeLocks(keyFile: string, port: number): Locks {
  const key = readOrCreateKey(keyFile);
  const cookieName = `percept_${port}`;
  const session = createHmac('sha256', key).update('session').digest('base64url');

  const allowed = (request: IncomingMessage): boolean =>
    same(cookie(request, cookieName), session) || same(bearer(request), key);

  return {
    key,
    middleware: (request, response, next) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (same(url.searchParams.get('key') ?? '', key)) {
        url.searchParams.delete('key');
        response.writeHead(302, {
          'Set-Cookie': `${cookieName}=${session}; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000`,
          Location: `${url.pathname}${url.search}`,
          'Referrer-Policy': 'no-referrer',
        });
        response.end();
        return;
      }
      if (allowed(request) && (isRead(request) || sameOrigin(request))) next();
      else refuse(response);
    },
    ioMiddleware: ({ request }, next) => {
      if (allowed(request) && sameOrigin(request)) next();
      else next(new Error('locked'));
    },
    guardUpgrades: (request, socket) => {
      if (allowed(request) && sameOrigin(request)) return;
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      socket.destroy();
    },
  };
}

function readOrCreateKey(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Digests have one length, so that the comparison's time tells nothing. */
function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function cookie(request: IncomingMessage, name: string): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function bearer(request: IncomingMessage): string {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** A page of another site must not use this browser's cookie; tools that send no Origin are not browsers. */
function sameOrigin(request: IncomingMessage): boolean {
  const origin = request.headers.origin;
  if (!origin) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

function refuse(response: ServerResponse): void {
  const { title, text } = closed[language()];
  response.writeHead(401, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
      '<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;max-width:34rem;margin:18vh auto;padding:0 1rem}</style>' +
      `<h1>${title}</h1><p>${text}</p>`,
  );
}
