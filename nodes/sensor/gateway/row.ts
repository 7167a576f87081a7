import type { GivenReading } from '../given/readings.js';

/** A reading on its way into the outbox. */
export interface Row extends GivenReading {
  readonly priority: number;
}

/** A reading in the outbox. */
export interface Kept extends Omit<Row, 'priority' | 'sequence'> {
  /** Ascending in the order in which readings were taken in. */
  readonly id: number;
  readonly sequence: number;
  /** Stretch of time in which this box's clock ran without a step. */
  readonly epoch: number;
}
