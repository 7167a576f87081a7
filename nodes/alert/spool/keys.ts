import type { AlertNotice } from '../../kit/index.js';

export function noticeOf({ body }: { readonly body: string }): AlertNotice {
  return JSON.parse(body) as AlertNotice;
}

/** A store that was begun anew counts its alerts from 1 again: the time tells them apart. */
function alertOf({ policy, opened }: AlertNotice): string {
  return `${policy}/${opened}`;
}

export function keyOf(notice: AlertNotice): string {
  return `${alertOf(notice)}/${notice.notice}`;
}

export function threadOf(notice: AlertNotice): string {
  return `${alertOf(notice)}/${notice.thread}`;
}

const standing: readonly string[] = ['update', 'acknowledged', 'resolved'] satisfies AlertNotice['occasion'][];

/** It makes needless what its channel still keeps of its thread. */
export function standsForEarlier({ occasion }: AlertNotice): boolean {
  return standing.includes(occasion);
}
