import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card } from '../../dist/inference/card.js';
import { dataFolder } from './data.ts';

type Cleaning = { after: (clean: () => void) => void };

export function temporaryFolder(t: Cleaning): string {
  const path = mkdtempSync(join(tmpdir(), 'percept-models-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A card that fits these bytes. */
export function cardFor(bytes: Buffer, changes: Partial<Card> = {}): Card {
  return {
    name: 'tiny',
    version: '1',
    about: 'For a test.',
    sha256: sha256(bytes),
    bytes: bytes.length,
    input: { shape: [1, 4], layout: 'matrix', mean: [0], scale: [1] },
    output: { decoder: 'classes', activation: 'none' },
    labels: ['one'],
    threshold: 0.5,
    licence: 'Apache-2.0',
    source: 'made by a test',
    ...changes,
  };
}

/** Path of a real model among the recordings, for tests that `needs('data')`. */
export function realModel(name: string): string {
  const path = join(dataFolder() ?? '', 'models', `${name}.onnx`);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  return path;
}
