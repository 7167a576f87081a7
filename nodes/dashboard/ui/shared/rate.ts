/** As the history node answers. */
export interface Throughput {
  readonly kind: 'throughput';
  readonly at: number;
  readonly total: number;
  readonly time: readonly number[];
  /** Readings per minute; the last is the minute that is running. */
  readonly counts: readonly number[];
  readonly perMinute: number;
}

/** Over how long "now" is taken, ms: shorter jumps about, longer lags. */
const over = 15_000;
/** Two looks shortly after each other say little, ms. */
const leastOver = 5_000;

/** Readings a second by what a total grew between looks. */
export class Rate {
  #looks: { at: number; total: number }[] = [];

  add({ at, total }: Pick<Throughput, 'at' | 'total'>): void {
    // a total that shrinks means another store
    if (total < (this.#looks.at(-1)?.total ?? 0)) this.#looks = [];
    this.#looks.push({ at, total });
    while (this.#looks.length > 2 && at - (this.#looks[1]?.at ?? at) >= over) this.#looks.shift();
  }

  /** Undefined until there were two looks. */
  perSecond(): number | undefined {
    const first = this.#looks[0];
    const last = this.#looks.at(-1);
    if (!first || !last || last.at - first.at < leastOver) return undefined;
    return ((last.total - first.total) * 1000) / (last.at - first.at);
  }
}

export interface Spark {
  /** For an SVG of 100 × 24. */
  readonly line: string;
  readonly area: string;
  readonly low: number;
  readonly high: number;
}

/** The hour's whole minutes, from zero up. Leading minutes before anything came are left away. */
export function sparkOf(counts: readonly number[]): Spark | undefined {
  const whole = counts.slice(0, -1);
  const began = whole.findIndex((count) => count > 0);
  // the minute in which it all began was not a whole one
  const shown = began === -1 ? [] : whole.slice(began > 0 ? began + 1 : 0);
  if (shown.length < 2) return undefined;
  const high = Math.max(...shown);
  const points = shown.map((count, at) => {
    const x = ((at / (shown.length - 1)) * 100).toFixed(1);
    return `${x},${(22.5 - (count / (high || 1)) * 20).toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L100,24L0,24Z`, low: Math.min(...shown) / 60, high: high / 60 };
}
