import { extname } from 'node:path';
import type { Message } from '../../kit/index.js';
import { isRecord } from '../decode/path.js';
import { isNotANumber } from '../decode/text.js';
import { readTime } from '../decode/time.js';
import { filesAt, type RecordedFile } from './files.js';
import { type Bad, bad, type Item, type Recording } from './item.js';
import { type Line, mapped, readLines } from './lines.js';
import { layoutOf, type Placed, type Row, readTable, type TableSettings } from './table.js';

export interface RowSettings extends TableSettings {
  readonly path: string;
  /** A message per row, or one per number of it. */
  readonly split: boolean;
  /** In front of each topic. */
  readonly prefix: string;
  /** Names the source instead of the file's name. */
  readonly source: string;
  /** Names of columns to leave out. */
  readonly without: readonly string[];
}

export const rowEndings = ['.csv', '.tsv', '.txt', '.jsonl', '.ndjson'];
const jsonEndings = new Set(['.jsonl', '.ndjson']);
const timeNames = ['time', 'timestamp', 'datetime', 'ts', 'date'];

/** The rows of a CSV or JSONL file, or of all in a folder, one file after the other. */
export function rowRecording(settings: RowSettings): Recording {
  return async function* rows() {
    for (const file of await filesAt(settings.path, rowEndings)) {
      yield { kind: 'fresh' };
      for await (const items of rowsOf(file, settings)) for (const item of items) yield item;
    }
  };
}

async function* rowsOf(file: RecordedFile, settings: RowSettings): AsyncGenerator<Iterable<Item>> {
  const json = jsonEndings.has(extname(file.path).toLowerCase());
  const layout = json ? undefined : await layoutOf(file.path, settings);
  const time = layout ? layout.time : settings.timeColumn === '-' ? undefined : settings.timeColumn || undefined;
  const source = settings.source || file.name;
  const numeric = new Map<string, boolean>();
  const item = (placed: Placed | Bad): Item => {
    if (placed.kind === 'bad') return placed;
    const timeField = json && time === undefined && settings.timeColumn !== '-' ? usualTime(placed.row) : time;
    return itemOf(file.path, placed, timeField, source, numeric, settings);
  };
  for await (const some of layout ? readTable(file.path, layout) : readObjects(file.path)) yield mapped(some, item);
}

async function* readObjects(path: string): AsyncGenerator<Iterable<Placed | Bad>> {
  const placed = ({ number, text, cut }: Line): Placed | Bad | undefined => {
    if (text.trim() === '') return undefined;
    const row = cut ? undefined : parsed(text);
    if (row) return { kind: 'row', line: number, row };
    return bad(path, number, cut ? 'the line is too long' : 'it is not a JSON object', text);
  };
  for await (const lines of readLines(path)) yield mapped(lines, placed);
}

function parsed(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function usualTime(row: Row): string | undefined {
  return timeNames.find((name) => Object.hasOwn(row, name));
}

function itemOf(
  path: string,
  { line, row }: Placed,
  timeField: string | undefined,
  source: string,
  numeric: Map<string, boolean>,
  settings: RowSettings,
): Item {
  const fail = (problem: string) => bad(path, line, problem, JSON.stringify(row));
  const time = timeField === undefined ? undefined : readTime(row[timeField], settings.timeFormat);
  if (typeof time === 'string') return fail(`the time in "${timeField}" cannot be used: ${time}`);
  const cells = Object.entries(row).filter(([name]) => name !== timeField && !settings.without.includes(name));
  for (const [name, cell] of cells) {
    // what a column holds first is what it is expected to hold
    const isNumber = typeof cell === 'number';
    const expected = numeric.get(name) ?? isNumber;
    if (expected !== isNumber && expected) return fail(`"${name}" is not a number`);
    if (typeof cell === 'string' && isNotANumber(cell)) return fail(`"${name}" is not a number`);
    numeric.set(name, expected);
  }
  const messages = (at: number) =>
    settings.split ? split(cells, source, at, settings) : [whole(cells, source, at, settings)];
  return { kind: 'playable', ...(time === undefined ? {} : { time }), messages };
}

type Cells = readonly (readonly [string, unknown])[];

function whole(cells: Cells, source: string, time: number, settings: RowSettings): Message {
  return message(topicOf(settings.prefix, source), { time, ...Object.fromEntries(cells) });
}

function split(cells: Cells, source: string, time: number, settings: RowSettings): Message[] {
  return cells
    .filter(([, cell]) => typeof cell === 'number')
    .map(([name, value]) => message(topicOf(settings.prefix, source, name), { time, value }));
}

/** Not yet an id: Node-RED gives one to what is sent. */
export function message(topic: string, payload: unknown, more: object = {}): Message {
  return { topic, payload, ...more } as Message;
}

/** A topic that can be published: a column's name may hold what MQTT reserves. */
export function topicOf(...levels: readonly string[]): string {
  const [prefix = '', ...rest] = levels;
  const cleaned = rest.map((level, i) => level.replace(i === 0 ? /[+#\0]/g : /[+#/\0]/g, '_').trim());
  return [prefix.replace(/\/+$/, ''), ...cleaned].filter((level) => level !== '').join('/');
}
