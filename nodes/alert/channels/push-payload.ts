import { createHash } from 'node:crypto';
import type { AlertNotice, Severity } from '../../kit/index.js';
import { textOf } from './words.js';

/** What a device's service worker gets (nodes/alert/phone/page/worker.js). */
export interface PushPayload {
  readonly title: string;
  readonly text: string;
  /** The same for all of a thread: what follows takes the place of what is shown. */
  readonly tag: string;
  readonly alert: number;
  readonly severity: Severity;
  /** Somebody has yet to take it. */
  readonly open: boolean;
  readonly quiet: boolean;
  /** ms UTC */
  readonly since: number;
  readonly links?: AlertNotice['links'];
}

/** Every push service takes 4,096 bytes encrypted (RFC 8030, 7.2), of which encryption takes 103. */
const mostBytes = 3_900;

/** @returns JSON that fits into one push; a text that is too long is cut */
export function payloadOf(notice: AlertNotice, thread: string): string {
  const { id: alert, severity, occasion, quiet, opened: since, state, links } = notice;
  const open = (state === 'open' || state === 'notified') && occasion !== 'acknowledged' && occasion !== 'resolved';
  const rest = { tag: topicOf(thread), alert, severity, open, quiet, since, ...(links ? { links } : {}) };
  const made = (title: string, text: string) => JSON.stringify({ title, text, ...rest } satisfies PushPayload);
  const title = cut(notice.title, 200);
  for (let length = 1_500; ; length = Math.floor(length / 2)) {
    const payload = made(title, cut(textOf(notice), length));
    if (Buffer.byteLength(payload) <= mostBytes || length === 0) return payload;
  }
}

/** What a push service keeps only the newest of: at most 32 characters of base64url (RFC 8030, 5.4). */
export function topicOf(thread: string): string {
  return createHash('sha256').update(thread).digest('base64url').slice(0, 32);
}

/** A phone that sleeps is woken for what somebody has to take now (RFC 8030, 5.3). */
export function urgencyOf({ quiet, severity }: AlertNotice): 'low' | 'normal' | 'high' {
  if (quiet) return 'low';
  return severity === 'notice' ? 'normal' : 'high';
}

/** Never within a sign that takes two units. */
function cut(text: string, length: number): string {
  const signs = [...text];
  return signs.length <= length ? text : `${signs.slice(0, Math.max(0, length - 1)).join('')}…`;
}
