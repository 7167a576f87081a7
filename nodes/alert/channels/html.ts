import type { AlertNotice } from '../../kit/index.js';
import { tapsOf } from './links.js';
import { textOf } from './words.js';

const colors = { notice: '#3b6ea5', warning: '#b7791f', critical: '#b3261e' };
const calm = '#2f7d5b';
const accent = '#0b6e8f';

/** A mail that says the same as its text: readable without pictures, on a phone, in light and dark. */
export function html(notice: AlertNotice, hasPicture: boolean): string {
  const over = notice.occasion === 'resolved' || notice.occasion === 'acknowledged';
  const color = over ? calm : colors[notice.severity];
  const lines = textOf(notice)
    .split('\n')
    .map((line) => `<p style="margin:0 0 8px">${escaped(line)}</p>`);
  const picture = hasPicture
    ? '<img src="cid:picture" alt="" style="display:block;max-width:100%;margin-top:16px;border-radius:6px">'
    : '';
  const taps = tapsOf(notice).map(({ label, url, takes }) => button(label, url, takes));
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:auto;border-left:4px solid ${color};padding-left:16px">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px">${escaped(notice.title)}</h1>
${lines.join('\n')}${picture}${taps.length === 0 ? '' : `<p style="margin:20px 0 0">${taps.reverse().join(' ')}</p>`}
</div></body></html>`;
}

/** As links: mail programs keep no forms. */
function button(label: string, url: string, isFirst: boolean): string {
  const look = isFirst ? `background:${accent};color:#ffffff` : 'color:inherit';
  return `<a href="${escaped(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:10px 18px;border:1px solid ${isFirst ? accent : '#888888'};border-radius:6px;font-weight:600;text-decoration:none;${look}">${escaped(label)}</a>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
