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

/** A text file line by line, at the speed at which they are taken. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = '';
  let cut = false;
  let number = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + (number === 0 && rest === '' ? String(chunk).replace(/^\uFEFF/, '') : String(chunk))).split(
      '\n',
    );
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield { number: ++number, text: line.replace(/\r$/, ''), cut };
      cut = false;
    }
    if (rest.length > maxLine) {
      rest = rest.slice(0, maxLine);
      cut = true;
    }
  }
  if (rest !== '') yield { number: ++number, text: rest, cut };
}
