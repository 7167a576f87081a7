import { escaped, type Language } from '../../kit/index.js';
import { phoneTexts } from './texts.js';
import type { Visitor } from './visitor.js';

export interface Shell {
  /** Path that everything lies under: `/percept/phone`. */
  readonly root: string;
  /** What people call the place; beside our name. */
  readonly name: string;
  /** `112`; empty: no such button. */
  readonly call: string;
  /** Our public key; undefined: no pushes. */
  readonly serverKey: string | undefined;
}

/** Everything is of this server, and nobody may frame it. */
export const pagePolicy =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:";

/** The page without alerts: these come with the stream. */
export function shellOf({ root, name, call, serverKey }: Shell, { person, mayAct, language }: Visitor): string {
  const texts = phoneTexts[language];
  const setup = { root, person, mayAct, language, call, serverKey: serverKey ?? '', texts };
  const title = name || texts.app;
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#f4f7f8" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0e1518" media="(prefers-color-scheme: dark)">
<meta name="color-scheme" content="light dark">
<title>${escaped(texts.title)} · ${escaped(title)}</title>
<link rel="manifest" href="${root}/manifest.webmanifest" crossorigin="use-credentials">
<link rel="icon" href="${root}/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="${root}/icon-192.png">
<link rel="stylesheet" href="${root}/page.css">
<script type="application/json" id="setup">${inScript(setup)}</script>
<script type="module" src="${root}/page.mjs"></script>
<header><img src="${root}/icon.svg" alt="" width="28" height="28"><h1>${escaped(title)}</h1><span id="line" role="status"></span></header>
<main><section id="ringing" aria-live="assertive"></section><section id="switches"></section><section id="alerts"></section></main>
</html>
`;
}

export function manifestOf({ root, name }: Shell, language: Language): string {
  const texts = phoneTexts[language];
  return JSON.stringify({
    id: root,
    name: `${texts.title} · ${name || texts.app}`,
    short_name: name || texts.app,
    lang: language,
    ...{ start_url: root, scope: root, display: 'standalone', orientation: 'any' },
    ...{ background_color: '#0e1518', theme_color: '#0e1518' },
    icons: [
      { src: `${root}/icon.svg`, sizes: 'any', type: 'image/svg+xml' },
      { src: `${root}/icon-192.png`, sizes: '192x192', type: 'image/png' },
      { src: `${root}/icon-512.png`, sizes: '512x512', type: 'image/png' },
      { src: `${root}/maskable-512.png`, sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  });
}

/** Nothing in a script's text may end it. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
