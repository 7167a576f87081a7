import { globSync } from 'node:fs';
import { join } from 'node:path';

// one process for them all: each for itself, a third of their time went to loading the same modules again
for (const file of globSync('unit/**/*.test.ts', { cwd: import.meta.dirname }).sort())
  await import(join(import.meta.dirname, file));
