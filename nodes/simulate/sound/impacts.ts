import type { Random } from './random.js';
import type { Tick } from './tick.js';

/** s; how long metal meets metal. */
const contact = 0.00025;
/** Places between two samples where a push can begin. */
const phases = 32;
/** Samples that its band limit makes it longer. */
const tails = 8;
/** s; how far ahead of its tick a push may lie. */
const ahead = 0.03;

/** Short pushes at any instant between samples, with next to nothing above half the rate in them. */
export class Pushes {
  readonly #ring: Float64Array;
  readonly #mask: number;
  readonly #shapes: readonly Float64Array[];
  #at = 0;

  /** @param rate Hz */
  constructor(rate: number) {
    const length = 2 ** Math.ceil(Math.log2(128 + ahead * rate));
    this.#ring = new Float64Array(length);
    this.#mask = length - 1;
    this.#shapes = shapesOf(rate);
  }

  /** @param offset samples from the beginning of this tick @param size its momentum; 1 is a force of 1 over 1 ms */
  push(offset: number, size: number): void {
    const first = Math.ceil(offset);
    const shape = this.#shapes[Math.floor((first - offset) * phases)] as Float64Array;
    const ring = this.#ring;
    for (let i = 0; i < shape.length; i++) {
      const at = (this.#at + first + i) & this.#mask;
      ring[at] = (ring[at] as number) + size * (shape[i] as number);
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

const shapes = new Map<number, readonly Float64Array[]>();

/** One for each place between two samples. */
function shapesOf(rate: number): readonly Float64Array[] {
  const known = shapes.get(rate) ?? shaped(rate);
  shapes.set(rate, known);
  return known;
}

/** A raised cosine through a windowed sinc that ends before half the rate. */
function shaped(rate: number): readonly Float64Array[] {
  const [force, limit] = [raised(Math.round(contact * rate * phases)), bandLimit()];
  const fine = new Float64Array(force.length + limit.length);
  for (const [i, weight] of limit.entries())
    for (const [j, push] of force.entries()) fine[i + j] = (fine[i + j] as number) + weight * push;
  const scale = 0.001 * rate;
  return Array.from({ length: phases }, (_, phase) =>
    Float64Array.from(
      { length: Math.ceil(fine.length / phases) },
      (_, i) => scale * phases * (fine[i * phases + phase] ?? 0),
    ),
  );
}

/** Sum 1. */
function raised(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => (1 - Math.cos((2 * Math.PI * (i + 0.5)) / length)) / length);
}

/** Sum 1; half of it passes at 0.42 of the rate. */
function bandLimit(): Float64Array {
  const length = tails * phases;
  const weights = Float64Array.from({ length }, (_, i) => {
    const x = Math.PI * 0.84 * ((i + 0.5) / phases - tails / 2);
    return (Math.sin(x) / x) * (1 - Math.cos((2 * Math.PI * (i + 0.5)) / length));
  });
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
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
