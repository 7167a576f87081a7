/**
 * Follows what changes slowly: temperature, wear of a filter, a season. Never while something is strange, since a fault
 * that grows would be learned; and never by more than a few decibels from what was learned, since a fault may grow slowly.
 */
export class Drift {
  readonly offset: Float64Array;
  readonly #share: number;
  readonly #most: Float64Array;

  /**
   * @param deviation of each feature, as learned
   * @param share of the way that one stretch takes it; its length over the time constant
   * @param before where it was before a restart
   */
  constructor(deviation: Float64Array, share: number, before?: ArrayLike<number>) {
    this.offset = Float64Array.from(deviation, (_, i) => before?.[i] ?? 0);
    this.#share = share;
    this.#most = deviation.map((value) => mostDeviations * value);
  }

  /** What the detectors should see. */
  without(features: Float64Array): Float64Array {
    return features.map((value, i) => value - (this.offset[i] as number));
  }

  /** @param features of a stretch that is normal */
  follow(features: Float64Array, mean: Float64Array): void {
    for (let i = 0; i < features.length; i++) {
      const off = (features[i] as number) - (mean[i] as number);
      const next = (this.offset[i] as number) + this.#share * (off - (this.offset[i] as number));
      const most = this.#most[i] as number;
      this.offset[i] = Math.max(-most, Math.min(most, next));
    }
  }

  /** Share of the features that may not move further: then it is time to learn again. */
  get used(): number {
    return this.offset.filter((value, i) => Math.abs(value) >= (this.#most[i] as number)).length / this.offset.length;
  }
}

const mostDeviations = 2;
