import type { IncomingMessage, ServerResponse } from 'node:http';
import { languageOf } from '../kit/index.js';
import { deniedPage, sendPage } from './pages.js';
import { isRead, urlOf, wantsPage } from './request.js';
import type { Role } from './roles.js';
import type { Identity } from './sessions.js';
import { doorTexts } from './texts.js';

/** What every answer carries. */
export function headers(request: IncomingMessage, response: ServerResponse, encrypted: boolean): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  // editor and dashboard need scripts of their own making; what can be closed for all is
  response.setHeader('Content-Security-Policy', "frame-ancestors 'self'; object-src 'none'; base-uri 'self'");
  if (encrypted) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
  if (!isRead(request)) response.setHeader('Cache-Control', 'no-store');
}

/** Nobody we know. */
export function away(request: IncomingMessage, response: ServerResponse): void {
  if (wantsPage(request)) go(response, `/access/sign-in?next=${encodeURIComponent(pathOf(request))}`);
  else refuse(response, 401);
}

export function mustChange(request: IncomingMessage, response: ServerResponse): void {
  if (wantsPage(request)) go(response, `/access/password?next=${encodeURIComponent(pathOf(request))}`);
  else refuse(response, 403);
}

export function denied(
  request: IncomingMessage,
  response: ServerResponse,
  { user, role }: Identity,
  needed: Role,
  home: string,
): void {
  if (!(request.headers.accept ?? '').includes('text/html')) {
    refuse(response, 403);
    return;
  }
  const lang = languageOf(request.headers['accept-language']);
  sendPage(response, lang, {
    status: 403,
    title: doorTexts[lang].deniedTitle,
    body: deniedPage(lang, { user, role, needed }, home),
  });
}

export function go(response: ServerResponse, to: string): void {
  response.writeHead(302, { Location: to, 'Cache-Control': 'no-store' });
  response.end();
}

export function refuse(response: ServerResponse, status: 401 | 403): void {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
  response.end(status === 401 ? '401: sign in first\n' : '403: not allowed\n');
}

function pathOf(request: IncomingMessage): string {
  const { pathname, search } = urlOf(request);
  return pathname + search;
}
