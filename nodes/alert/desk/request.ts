import type { Finding, Presence, Silence } from '../../kit/index.js';
import type { Receipt } from '../machine/notices.js';

/** Which open alert is meant. */
export interface Which {
  readonly id?: number;
  readonly key?: string;
}

/** Until when: `until` (ms UTC) over `minutes`. */
export interface HowLong {
  readonly minutes?: number;
  readonly until?: number;
}

/** What a desk can be asked to do. */
export type Request =
  | { readonly type: 'finding'; readonly finding: Finding; readonly zone?: string }
  | { readonly type: 'test'; readonly channels: readonly string[]; readonly by: string }
  | { readonly type: 'delivery'; readonly notice: string; readonly receipt: Receipt }
  | { readonly type: 'acknowledge' | 'resolve'; readonly which: Which; readonly by: string }
  | { readonly type: 'snooze'; readonly which: Which; readonly by: string; readonly howLong: HowLong }
  | { readonly type: 'silence'; readonly silence: Silence }
  | { readonly type: 'presence'; readonly presence: Presence };
