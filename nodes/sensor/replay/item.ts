import type { Message } from '../../kit/index.js';

/** Something recorded, ready to be played. */
export interface Playable {
  readonly kind: 'playable';
  /** When it was recorded, ms UTC; absent where the recording doesn't say. */
  readonly time?: number;
  /** ms until the next one is due where times are absent: the length of a stretch of sound. */
  readonly length?: number;
  /** What is sent for it. @param time the time that it shall bear, ms UTC */
  messages(time: number): Message[];
}

/** Something that could not be read; it is reported and passed over. */
export interface Bad {
  readonly kind: 'bad';
  readonly file: string;
  /** Counted from 1; 0 where a file has no lines. */
  readonly line: number;
  readonly problem: string;
  /** The beginning of what stands there. */
  readonly text: string;
}

/** A new file begins, whose times have nothing to do with those before. */
export interface Fresh {
  readonly kind: 'fresh';
}

export type Item = Playable | Bad | Fresh;

/** A recording from its beginning; called again for each pass of a loop. */
export type Recording = () => AsyncIterable<Item>;

/** How much of a bad line is shown. */
const shownLength = 200;

export function bad(file: string, line: number, problem: string, text = ''): Bad {
  return { kind: 'bad', file, line, problem, text: text.slice(0, shownLength) };
}
