/** One series' readings of one second, so that a page gets a few points however many arrive. */
export interface LivePoint {
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
  /** Of the newest reading in it, ms UTC. */
  time: number;
  min: number;
  max: number;
  sum: number;
  count: number;
  last: number;
}

export interface LiveReading {
  readonly source: string;
  readonly quantity: string;
  readonly unit?: string;
  readonly value: number;
  readonly time: number;
}

const most = 5_000;

/** Collects readings between two looks of the page. Bounded: past `most` points the oldest second goes first. */
export class LiveBatch {
  readonly #points = new Map<string, LivePoint>();

  add({ source, quantity, unit = '', value, time }: LiveReading): void {
    const key = `${source}\n${quantity}\n${Math.floor(time / 1000)}`;
    const point = this.#points.get(key);
    if (!point) {
      this.#points.set(key, {
        source,
        quantity,
        unit,
        time,
        min: value,
        max: value,
        sum: value,
        count: 1,
        last: value,
      });
      if (this.#points.size > most) this.#points.delete(this.#points.keys().next().value ?? '');
      return;
    }
    point.min = Math.min(point.min, value);
    point.max = Math.max(point.max, value);
    point.sum += value;
    point.count++;
    if (time < point.time) return;
    point.time = time;
    point.last = value;
  }

  /** What came since the last take, oldest first. */
  take(): LivePoint[] {
    const points = [...this.#points.values()];
    this.#points.clear();
    return points;
  }
}

export function isReading(value: unknown): value is LiveReading {
  if (typeof value !== 'object' || value === null) return false;
  const { source, quantity, value: number, time } = value as Partial<LiveReading>;
  return typeof source === 'string' && typeof quantity === 'string' && Number.isFinite(number) && Number.isFinite(time);
}
