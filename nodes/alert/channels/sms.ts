import type { AlertNotice } from '../../kit/index.js';
import { tapsOf } from './links.js';
import { textOf } from './words.js';

/** One SMS, and each part of a longer one (3GPP TS 23.038, TS 23.040): septets, or UTF-16 units where a sign is not in GSM-7. */
const room = { gsm: { one: 160, part: 153 }, ucs2: { one: 70, part: 67 } };
const mostParts = 3;
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These take two septets. */
const extension = '^{}\\[~]|€';

/** Title, text and one link: that to take it, whose page shows all, or to see it. Cut so that it fits into three SMS with its link whole. */
export function smsText(notice: AlertNotice): string {
  const link = tapsOf(notice).at(-1)?.url;
  const end = link === undefined ? '' : `\n${link}`;
  const head = `${notice.title}\n${textOf(notice)}`;
  if (parts(head + end) <= mostParts) return head + end;
  const signs = [...head];
  let [fits, tooLong] = [0, signs.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (parts(`${signs.slice(0, middle).join('')}...${end}`) <= mostParts) fits = middle;
    else tooLong = middle;
  }
  return `${signs.slice(0, fits).join('').trimEnd()}...${end}`;
}

/** How many SMS a text takes. */
export function parts(text: string): number {
  const septets = septetsOf(text);
  const { one, part } = septets === undefined ? room.ucs2 : room.gsm;
  const length = septets ?? text.length;
  return length <= one ? 1 : Math.ceil(length / part);
}

function septetsOf(text: string): number | undefined {
  let septets = 0;
  for (const sign of text) {
    if (basic.includes(sign)) septets += 1;
    else if (extension.includes(sign)) septets += 2;
    else return undefined;
  }
  return septets;
}
