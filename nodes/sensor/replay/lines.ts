import { createReadStream } from 'node:fs';

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** It was longer than `maxLine`; only its beginning is there. */
  readonly cut: boolean;
}

/** Characters. A file without line ends must not fill the memory. */
const maxLine = 1024 * 1024;

/** A text file, at the speed at which it is taken: the lines of each piece that was read at once, since a promise costs more than a line. */
export async function* readLines(path: string): AsyncGenerator<Iterable<Line>> {
  let rest = '';
  let cut = false;
  let number = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + (number === 0 && rest === '' ? String(chunk).replace(/^\uFEFF/, '') : String(chunk))).split(
      '\n',
    );
    rest = lines.pop() ?? '';
    const [before, first] = [number, cut];
    yield lines.map((line, i) => ({ number: before + i + 1, text: line.replace(/\r$/, ''), cut: i === 0 && first }));
    number += lines.length;
    if (lines.length > 0) cut = false;
    if (rest.length > maxLine) {
      rest = rest.slice(0, maxLine);
      cut = true;
    }
  }
  if (rest !== '') yield [{ number: number + 1, text: rest, cut }];
}

/** One after the other, as they are taken; what is undefined is left out. */
export function* mapped<A, B>(all: Iterable<A>, change: (one: A) => B | undefined): Generator<B> {
  for (const one of all) {
    const changed = change(one);
    if (changed !== undefined) yield changed;
  }
}
