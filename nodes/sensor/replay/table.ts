import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse as parseStream } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { cellOf, delimiterOf } from '../decode/csv.js';
import { readTime, type TimeFormat } from '../decode/time.js';
import { replayError } from './errors.js';
import { type Bad, bad } from './item.js';

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
const sampleBytes = 64 * 1024;
const maxRecord = 1024 * 1024;

/**
 * Looks at the beginning of a CSV file: its separator, its columns and which of them is the time.
 * @throws PerceptError `replay-columns`, `replay-path`
 */
export async function layoutOf(path: string, settings: TableSettings): Promise<Layout> {
  const sample = await beginningOf(path);
  const delimiter = settings.delimiter || delimiterOf(sample.replace(/^\uFEFF/, ''));
  const lines = sampleLines(sample, delimiter);
  const [first = [], second = first] = lines;
  if (first.length === 0) throw replayError('replay-path', { path, problem: 'the file is empty' });
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
export async function* readTable(path: string, layout: Layout): AsyncGenerator<Placed | Bad> {
  const { columns, delimiter, header } = layout;
  const broken: Bad[] = [];
  const parser = parseStream({
    delimiter,
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRecord,
    from: header ? 2 : 1,
  });
  parser.on('skip', (problem?: { message: string; lines?: number }) => {
    broken.push(bad(path, Number(problem?.lines ?? 0), 'a quote is not closed or stands in the middle'));
  });
  const input = createReadStream(path);
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield* broken.splice(0);
      yield rowOf(path, info.lines, record, columns, delimiter);
    }
    yield* broken;
  } finally {
    input.destroy();
    parser.destroy();
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

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function sampleLines(sample: string, delimiter: string): string[][] {
  const lines = sample.split('\n').filter((line) => line.trim() !== '');
  const options = { delimiter, trim: true, bom: true, relax_quotes: true, relax_column_count: true };
  return lines.slice(0, 2).flatMap((line) => parse(line, options) as string[][]);
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
