import { Transform, type TransformCallback } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { backupError } from './backup-errors.js';
import type { Meter } from './bucket/checksum.js';
import type { Row, TableName } from './handle.js';

export type Packing = 'zstd' | 'gzip';

/** Node.js before 22.15 has no zstd. Both run on threads of their own. */
export const packing: Packing = typeof createZstdCompress === 'function' ? 'zstd' : 'gzip';
export const packedEnding: Readonly<Record<Packing, string>> = { zstd: 'zst', gzip: 'gz' };

export function packer(): Transform {
  return packing === 'zstd' ? createZstdCompress() : createGzip({ level: constants.Z_BEST_SPEED });
}

/** @throws PerceptError `backup-needs-zstd` */
export function unpacker(how: Packing, key: string): Transform {
  if (how === 'gzip') return createGunzip();
  if (packing !== 'zstd') throw backupError('backup-needs-zstd', { key, node: process.versions.node });
  return createZstdDecompress();
}

/** Passes everything on and measures it. */
export function through(meter: Meter): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      meter.take(chunk);
      done(null, chunk);
    },
  });
}

export interface Chunk {
  readonly table: TableName;
  readonly rows: readonly Row[];
}

/** One line of JSON; bytes become `{"$bytes": base64}`. */
export function line({ table, rows }: Chunk): string {
  const plain = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
  return `${JSON.stringify({ table, rows: plain })}\n`;
}

export function parseLine(text: string): Chunk {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    return Buffer.from(String(value.$bytes), 'base64');
  }) as Chunk;
}

function text(value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value;
}
