import { parse } from 'csv-parse/sync';
import { cellOf, delimiterOf } from '../decode/csv.js';
import { readTime, type TimeFormat } from '../decode/time.js';
import { replayError } from './errors.js';
import { type Bad, bad } from './item.js';
import { type Line, mapped, readLines } from './lines.js';

export type Row = Readonly<Record<string, unknown>>;
export interface Placed {
  readonly kind: 'row';
  readonly line: number;
  readonly row: Row;
}

export interface TableSettings {
  /** Empty: found by name or content; `-`: there is none. */
  readonly timeColumn: string;
  readonly timeFormat: TimeFormat;
  /** Empty: whichever of `;`, tab and `,` the first line has. */
  readonly delimiter: string;
}

export interface Layout {
  readonly delimiter: string;
  readonly columns: readonly string[];
  /** Whether the first line names the columns. */
  readonly header: boolean;
  readonly time: string | undefined;
}

const timeName = /^(date_?time|time_?stamp|time|date|ts|datum|zeit(stempel)?|일시|시간|시각)$/i;
const maxRecord = 64 * 1024;
const maxLinesPerRecord = 50;

/**
 * Looks at the beginning of a CSV file: its separator, its columns and which of them is the time.
 * @throws PerceptError `replay-columns`, `replay-path`
 */
export async function layoutOf(path: string, settings: TableSettings): Promise<Layout> {
  const [head, next = head] = await firstRecords(path);
  if (head === undefined || next === undefined)
    throw replayError('replay-path', { path, problem: 'the file is empty' });
  const delimiter = settings.delimiter || delimiterOf(head);
  const first = cellsOf(head, delimiter) ?? [];
  const second = cellsOf(next, delimiter) ?? [];
  const header = !first.every((cell) => isValue(cell, delimiter, settings.timeFormat));
  const columns = header ? uniqueNames(first) : first.map((_, i) => `column${i + 1}`);
  const { timeColumn } = settings;
  if (timeColumn === '-') return { delimiter, columns, header, time: undefined };
  if (timeColumn && !columns.includes(timeColumn)) {
    throw replayError('replay-columns', { path, column: timeColumn, columns: columns.join(', ') });
  }
  const isTime = (i: number) => typeof readTime(second[i], settings.timeFormat) === 'number';
  const time =
    timeColumn ||
    columns.find((column, i) => timeName.test(column) && isTime(i)) ||
    // a plain number may be anything; a date is a date
    columns.find((_, i) => isTime(i) && typeof cellOf(second[i] ?? '', delimiter) === 'string');
  return { delimiter, columns, header, time };
}

/** Rows as objects: numbers where the text is one, nothing for an empty cell. */
export async function* readTable(path: string, layout: Layout): AsyncGenerator<Iterable<Placed | Bad>> {
  const { columns, delimiter, header } = layout;
  let first = header;
  const placed = ({ number, text, cut }: Line): Placed | Bad | undefined => {
    if (text.trim() === '') return undefined;
    if (first) {
      first = false;
      return undefined;
    }
    if (cut) return bad(path, number, 'the line is too long', text);
    const cells = cellsOf(text, delimiter);
    if (cells) return rowOf(path, number, cells, columns, delimiter);
    return bad(path, number, 'a quote is not closed or stands in the middle', text);
  };
  for await (const records of readRecords(path)) yield mapped(records, placed);
}

/** Lines, joined where a quoted cell goes over several; after a quote that is never closed it goes on at the next line. */
async function* readRecords(path: string): AsyncGenerator<Iterable<Line>> {
  const held: Line[] = [];
  for await (const lines of readLines(path)) yield joined(lines, held);
  yield held;
}

/** @param held lines that may belong to one record with the next: changed */
function* joined(lines: Iterable<Line>, held: Line[]): Generator<Line> {
  for (const line of lines) {
    held.push(line);
    while (held.length > 0) {
      const text = held.map((one) => one.text).join('\n');
      const open = quotes(text) % 2 === 1;
      if (open && held.length < maxLinesPerRecord && text.length < maxRecord) break;
      const whole = held.splice(0, open ? 1 : held.length);
      yield {
        number: whole[0]?.number ?? 0,
        text: whole.map((one) => one.text).join('\n'),
        cut: whole.some((one) => one.cut),
      };
    }
  }
}

function quotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count;
}

function cellsOf(text: string, delimiter: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  try {
    return (parse(text, { delimiter, trim: true, relax_column_count: true }) as string[][])[0];
  } catch {
    return undefined;
  }
}

function rowOf(
  path: string,
  line: number,
  cells: readonly string[],
  columns: readonly string[],
  delimiter: string,
): Placed | Bad {
  if (cells.length !== columns.length) {
    return bad(path, line, `${cells.length} cells instead of ${columns.length}`, cells.join(delimiter));
  }
  const named = columns.map((column, i) => [column, cellOf(cells[i] ?? '', delimiter)] as const);
  return { kind: 'row', line, row: Object.fromEntries(named.filter(([, cell]) => cell !== null)) };
}

async function firstRecords(path: string): Promise<string[]> {
  const records: string[] = [];
  for await (const some of readRecords(path)) {
    for (const { text } of some) {
      if (text.trim() !== '') records.push(text);
      if (records.length === 2) return records;
    }
  }
  return records;
}

function isValue(cell: string, delimiter: string, format: TimeFormat): boolean {
  return typeof cellOf(cell, delimiter) !== 'string' || typeof readTime(cell, format) === 'number';
}

function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    const plain = name === '' || name === '__proto__' ? `column${i + 1}` : name;
    const unique = seen.has(plain) ? `${plain}_${i + 1}` : plain;
    seen.add(unique);
    return unique;
  });
}
