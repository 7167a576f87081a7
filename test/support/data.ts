import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of real recordings: PERCEPT_DATA, or `shared/data` beside the checkout; undefined when neither is there. */
export function dataFolder(): string | undefined {
  const named = process.env['PERCEPT_DATA'];
  const folder = named ? resolve(named) : join(import.meta.dirname, '../../../shared/data');
  return existsSync(folder) ? folder : undefined;
}
