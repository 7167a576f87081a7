import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Language, language } from './language.js';

/** What all pages that need no dashboard look like. */
const shared = `:root{color-scheme:light dark;--line:#8886;--accent:#0b6e8f;--on-accent:#fff}
@media(prefers-color-scheme:dark){:root{--accent:#4fb3d4;--on-accent:#06222c}}
*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif}
button,.button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;padding:.7rem;border:1px solid var(--accent);
border-radius:.4rem;background:var(--accent);color:var(--on-accent);cursor:pointer;margin:1.25rem 0}
.button.other{background:none;color:inherit}p{margin:0 0 1rem}.hint{opacity:.75;font-size:.9rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`;

export interface Page {
  readonly status: number;
  readonly title: string;
  /** Escaped already. */
  readonly body: string;
  /** Of this kind of page, beside what all share. */
  readonly style: string;
  /** It shows pictures of this site. */
  readonly images?: boolean;
}

/** Without script; the digest of its style is all that its content security policy lets through. */
export function sendPage(response: ServerResponse, lang: Language, { status, title, body, style, images }: Page): void {
  const sheet = shared + style;
  const digest = createHash('sha256').update(sheet).digest('base64');
  const policy = [
    `default-src 'none'`,
    `style-src 'sha256-${digest}'`,
    `img-src ${images ? "'self' " : ''}data:`,
    ...fixed,
  ];
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policy.join('; '),
  });
  response.end(
    `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<title>${escaped(title)}</title>${noIcon}<style>${sheet}</style><main>${body}</main></html>`,
  );
}

/** Else the browser would ask for one, which is behind the door. */
const noIcon = '<link rel="icon" href="data:,">';
const fixed = [`form-action 'self'`, `frame-ancestors 'none'`, `base-uri 'none'`];

/** @param accept what the browser prefers; the runtime's language where it says nothing */
export function languageOf(accept: string | undefined): Language {
  if (accept === undefined || accept.startsWith('*')) return language();
  return /^\s*ko\b/i.test(accept) ? 'ko' : 'en-US';
}

/** A text of ours with values in the place of `{name}`, as HTML. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return escaped(text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)));
}

/** A text as HTML shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
