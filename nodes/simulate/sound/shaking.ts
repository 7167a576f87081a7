import type { Kind } from '../machine/kinds.js';
import { Bearing } from './bearing.js';
import { Contact } from './contact.js';
import { Electric } from './electric.js';
import { Flow } from './flow.js';
import { Gear } from './gear.js';
import { geometryOf } from './geometry.js';
import { type Drive, Pace } from './pace.js';
import { Rotor } from './rotor.js';
import type { Forces, Source } from './tick.js';
import { timbres } from './timbre.js';

/** All that shakes in a machine, tick by tick. The same seed and the same drives give the same forces. */
export class Shaking {
  readonly samples: number;
  readonly #pace: Pace;
  readonly #sources: readonly Source[];
  readonly forces: Forces;
  /** Amplitude of the room at the beginning and the end of the tick. */
  room: readonly [number, number] = [0, 0];

  constructor(seed: number, rate: number, kind?: Kind) {
    const geometry = geometryOf(seed, kind);
    const timbre = timbres[geometry.kind];
    const samples = samplesOf(rate);
    const step = samples / rate;
    this.samples = samples;
    this.#pace = new Pace(seed, geometry, rate, samples);
    this.#sources = [
      new Rotor(seed, rate, step),
      new Electric(seed, geometry, rate),
      new Bearing(seed, geometry, rate, step, samples),
      new Gear(seed, geometry, timbre, rate),
      new Flow(seed, geometry, timbre, rate, step, samples),
      new Contact(seed, geometry, rate, step, samples),
    ];
    const none = (): Float64Array => new Float64Array(samples);
    this.forces = { body: none(), casing: none(), housing: none(), air: none() };
  }

  next(drive: Drive): void {
    const { body, casing, housing, air } = this.forces;
    for (const force of [body, casing, housing, air]) force.fill(0);
    const before = this.#pace.room;
    const tick = this.#pace.next(drive);
    this.room = [before || this.#pace.room, this.#pace.room];
    for (const source of this.#sources) source.add(tick, this.forces);
  }
}

/** In a tick: two milliseconds, in which speed and strengths change evenly. */
export function samplesOf(rate: number): number {
  return Math.max(1, Math.round(rate / 500));
}
