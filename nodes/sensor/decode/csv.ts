import { parse } from 'csv-parse/sync';
import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import { makeMapping } from './mapping.js';
import type { Format } from './message.js';
import { readText, toNumber } from './text.js';

/** One line or several, as columns described in the settings; each line is then mapped like a JSON object. */
export function csvFormat(settings: DecoderSettings): Format {
  const columns = settings.columns.split(/[,;\t]/).map((column) => column.trim());
  const real = columns.filter((column) => column !== '' && column !== '-');
  if (real.length === 0 || new Set(real).size < real.length) {
    throw decodeError('decode-setting', { field: 'columns', problem: 'name every column once' });
  }
  const map = makeMapping(settings);
  return (incoming) => {
    const text = readText(incoming.topic, incoming.payload);
    const delimiter = settings.delimiter || delimiterOf(text);
    const rows = linesOf(incoming.topic, text, delimiter).map((cells) => {
      if (cells.length !== columns.length) {
        const problem = `${cells.length} cells instead of ${columns.length}`;
        throw decodeError('decode-csv', { topic: incoming.topic, problem });
      }
      return rowOf(columns, cells, delimiter);
    });
    return { readings: map(incoming, settings.each ? rows[0] : rows) };
  };
}

function linesOf(topic: string, text: string, delimiter: string): string[][] {
  try {
    return parse(text, { delimiter, trim: true, skip_empty_lines: true, relax_column_count: true, bom: true });
  } catch (cause) {
    throw decodeError('decode-csv', { topic, problem: 'a quote is not closed or stands in the middle' }, { cause });
  }
}

/** @param text at least one line; what comes first in this order decides, since a comma may be a decimal sign */
export function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const line = end === -1 ? text : text.slice(0, end);
  return [';', '\t', ','].find((candidate) => line.includes(candidate)) ?? ',';
}

function rowOf(columns: readonly string[], cells: readonly string[], delimiter: string): Record<string, unknown> {
  const named = columns.map((column, i) => [column, cellOf(cells[i] ?? '', delimiter)] as const);
  return Object.fromEntries(named.filter(([column, cell]) => column !== '' && column !== '-' && cell !== null));
}

/** A number where the text is one (a decimal comma counts where commas don't separate), null for an empty cell. */
export function cellOf(text: string, delimiter: string): number | string | null {
  if (text === '') return null;
  const dotted = delimiter !== ',' && /^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text;
  return toNumber(dotted) ?? text;
}
