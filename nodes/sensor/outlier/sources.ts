/**
 * A bounded map of what is remembered of many sources: whoever was not heard of for longest makes room. Not a million
 * detectors in memory for a million sources, but as many as were said.
 */
export class Sources<T> {
  readonly #most: number;
  readonly #make: (source: string) => T;
  readonly #left: (source: string, state: T) => void;
  readonly #map = new Map<string, T>();

  /**
   * @param most how many are kept, at least 1
   * @param make a source's first state, or what was kept of it elsewhere
   * @param left takes what has to make room, to keep it elsewhere
   */
  constructor(most: number, make: (source: string) => T, left: (source: string, state: T) => void) {
    this.#most = Math.max(1, most);
    this.#make = make;
    this.#left = left;
  }

  get(source: string): T {
    const known = this.#map.get(source);
    if (known !== undefined) {
      // a Map keeps the order of insertion: the last is the one heard of last
      this.#map.delete(source);
      this.#map.set(source, known);
      return known;
    }
    const made = this.#make(source);
    this.#map.set(source, made);
    if (this.#map.size > this.#most) {
      const [oldest] = this.#map;
      if (oldest) {
        this.#map.delete(oldest[0]);
        this.#left(...oldest);
      }
    }
    return made;
  }

  /** Those that are in memory, the one heard of last at the end. */
  entries(): IterableIterator<[string, T]> {
    return this.#map.entries();
  }

  get size(): number {
    return this.#map.size;
  }
}
