import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Kysely } from 'kysely';
import type { Database } from '../../store/schema.js';
import { historyError } from './errors.js';
import type { Patterns } from './matching.js';
import { readingPages, type StoredReading } from './pages.js';
import type { Range } from './range.js';
import { matchingSeries } from './select.js';

export interface ExportAsk {
  readonly range: Range | 'all';
  readonly sources: Patterns;
  readonly quantities: Patterns;
  readonly format: 'csv' | 'json' | 'jsonl';
}

const header = 'time,source,quantity,value,unit,sequence,received,clock';

export const contentTypes = { csv: 'text/csv; charset=utf-8', json: 'application/json', jsonl: 'application/x-ndjson' };

/**
 * Readings as text, series by series and in the order of their times, a few thousand rows at a time: each chunk is read
 * when the one before was taken, so that any number of rows needs the memory of one chunk.
 */
export async function* exportText(db: Kysely<Database>, ask: ExportAsk): AsyncGenerator<string> {
  let rows = 0;
  if (ask.format === 'csv') yield `${header}\n`;
  for (const series of await matchingSeries(db, ask)) {
    for await (const page of readingPages(db, series, ask.range)) {
      yield page.map((row, i) => lineOf(row, ask.format, rows + i === 0)).join('');
      rows += page.length;
    }
  }
  if (ask.format === 'json') yield rows === 0 ? '[]\n' : '\n]\n';
}

function lineOf(reading: StoredReading, format: ExportAsk['format'], first: boolean): string {
  const { source, quantity, value, unit, sequence, clock } = reading;
  const time = new Date(reading.time).toISOString();
  const received = new Date(reading.receivedAt).toISOString();
  if (format === 'csv') {
    return `${[time, source, quantity, value, unit, sequence, received, clock].map(cell).join(',')}\n`;
  }
  const json = JSON.stringify({ time, source, quantity, value, unit, sequence, received, clock });
  if (format === 'jsonl') return `${json}\n`;
  return first ? `[\n${json}` : `,\n${json}`;
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /[",;\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * Whole or not at all: what is half written has another name.
 * @returns bytes written
 * @throws PerceptError `history-file`
 */
export async function exportToFile(text: AsyncIterable<string>, file: string, signal: AbortSignal): Promise<number> {
  const part = `${file}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const out = createWriteStream(part, { flush: true });
    await pipeline(Readable.from(text, { objectMode: true }), out, { signal });
    await rename(part, file);
    return out.bytesWritten;
  } catch (cause) {
    await rm(part, { force: true });
    throw historyError('history-file', { file, problem: message(cause) }, { cause });
  }
}

/**
 * Answers an HTTP request, no faster than it reads.
 * @throws PerceptError `history-response`
 */
export async function exportToResponse(
  text: AsyncIterable<string>,
  response: ServerResponse,
  format: ExportAsk['format'],
  signal: AbortSignal,
): Promise<void> {
  response.setHeader('Content-Type', contentTypes[format]);
  response.setHeader('Content-Disposition', `attachment; filename="readings.${format}"`);
  try {
    await pipeline(Readable.from(text, { objectMode: true }), response, { signal });
  } catch (cause) {
    throw historyError('history-response', { problem: message(cause) }, { cause });
  }
}

function message(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
