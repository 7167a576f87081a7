import type { Random } from './random.js';
import type { Tick } from './tick.js';

/** s; how long metal meets metal. */
const contact = 0.00025;
/** s; how far ahead of its tick a push may lie. */
const ahead = 0.03;

/**
 * Short pushes at any instant between samples: a raised cosine, which holds next to nothing above half the rate.
 */
export class Pushes {
  readonly #ring: Float64Array;
  readonly #mask: number;
  readonly #width: number;
  readonly #scale: number;
  #at = 0;

  /** @param rate Hz */
  constructor(rate: number) {
    const length = 2 ** Math.ceil(Math.log2(128 + ahead * rate));
    this.#ring = new Float64Array(length);
    this.#mask = length - 1;
    this.#width = Math.max(4, contact * rate);
    this.#scale = (0.001 * rate) / this.#width;
  }

  /** @param offset samples from the beginning of this tick @param size its momentum; 1 is a force of 1 over 1 ms */
  push(offset: number, size: number): void {
    const ring = this.#ring;
    const first = Math.ceil(offset);
    for (let i = first; i < offset + this.#width; i++) {
      const height = 1 - Math.cos((2 * Math.PI * (i - offset)) / this.#width);
      const at = (this.#at + i) & this.#mask;
      ring[at] = (ring[at] as number) + size * this.#scale * height;
    }
  }

  /** Adds what falls into this tick, and goes on to the next. */
  drain(out: Float64Array, samples: number): void {
    const ring = this.#ring;
    for (let i = 0; i < samples; i++) {
      const at = (this.#at + i) & this.#mask;
      (out[i] as number) += ring[at] as number;
      ring[at] = 0;
    }
    this.#at = (this.#at + samples) & this.#mask;
  }
}

/** Something that happens so many times a turn, with what slips from one time to the next. */
export class Train {
  readonly #random: Random;
  readonly #jitter: number;
  #next: number | undefined;

  /** @param jitter share of the distance; rolling elements slip by 1 to 2 % (Randall and Antoni, MSSP 25, 2011) */
  constructor(random: Random, jitter: number) {
    this.#random = random;
    this.#jitter = jitter;
  }

  /** @param happen samples from the beginning of the tick, and the shaft's turns then */
  run({ from, to, samples }: Tick, perTurn: number, happen: (offset: number, turns: number) => void): void {
    if (to <= from || perTurn <= 0) return;
    this.#next ??= from + this.#random.uniform() / perTurn;
    while (this.#next < to) {
      if (this.#next >= from) happen(((this.#next - from) / (to - from)) * samples, this.#next);
      this.#next += (1 + this.#jitter * this.#random.normal()) / perTurn;
    }
  }

  /** The next run begins anew. */
  rest(): void {
    this.#next = undefined;
  }
}
