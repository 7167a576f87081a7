declare module 'aedes-persistence-level' {
  import type { BatchOperation, ClassicLevel } from 'classic-level';

  export type Database = ClassicLevel<string, Buffer>;
  export type Operation = BatchOperation<Database, string, Buffer>;

  /** What it asks of a database. */
  export interface Level extends Pick<Database, 'clear' | 'close' | 'values'> {
    get(key: string): Promise<Buffer | undefined>;
    put(key: string, value: Buffer): Promise<void>;
    del(key: string): Promise<void>;
    batch(): { del(key: string): void; write(): Promise<void> };
    batch(operations: readonly Operation[]): Promise<void>;
  }

  export default function persistence(level: Level): object;
}
