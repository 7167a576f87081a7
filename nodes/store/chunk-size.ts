const shortMs = 4;
const longMs = 10;
const fewest = 50;
const most = 2_000;

/** How many rows to delete at once: as many as take a few milliseconds on this machine. */
export class ChunkSize {
  rows = 200;

  /** @returns how long to leave the database to others, ms */
  took(ms: number): number {
    if (ms > longMs) this.rows = Math.max(fewest, Math.floor(this.rows / 2));
    else if (ms < shortMs) this.rows = Math.min(most, Math.ceil(this.rows * 1.5));
    return Math.max(10, 2 * ms);
  }
}

/** Rows to delete at once. */
export interface Chunk {
  /** Id that the next one begins after. */
  readonly last: number;
  readonly delete: () => Promise<{ readonly numDeletedRows: bigint }>;
}
