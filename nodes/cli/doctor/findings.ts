import { toPerceptError } from '../../kit/index.js';

export type Level = 'ok' | 'warn' | 'fail';

/** One line of doctor's report: what was looked at, and what to do where it isn't well. */
export interface Finding {
  readonly level: Level;
  readonly text: string;
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warn = (text: string): Finding => ({ level: 'warn', text });
export const fail = (text: string): Finding => ({ level: 'fail', text });

/** What was thrown says what was wrong and what to do. */
export function failed(thrown: unknown): Finding {
  return fail(toPerceptError(thrown).localized());
}
