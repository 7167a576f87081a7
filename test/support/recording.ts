import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Bad, Item, Playable, Recording } from '../../dist/sensor/replay/item.js';
import { type RowSettings, rowRecording } from '../../dist/sensor/replay/rows.js';

/** A folder with these files, gone after the test. */
export function folderOf(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function rowsAt(path: string, settings: Partial<RowSettings> = {}): Recording {
  return rowRecording({
    path,
    split: false,
    prefix: '',
    source: '',
    without: [],
    timeColumn: '',
    timeFormat: 'auto',
    delimiter: '',
    ...settings,
  });
}

export async function itemsOf(recording: Recording, most = Number.POSITIVE_INFINITY): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of recording()) {
    items.push(item);
    if (items.length >= most) break;
  }
  return items;
}

export const playables = (items: readonly Item[]): Playable[] => items.filter((item) => item.kind === 'playable');
export const bads = (items: readonly Item[]): Bad[] => items.filter((item) => item.kind === 'bad');
/** As if played at the times they were recorded at. */
export const messagesOf = (items: readonly Item[]) => playables(items).flatMap((item) => item.messages(item.time ?? 0));
