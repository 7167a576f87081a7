import type { Geometry } from './geometry.js';
import { Pushes, Train } from './impacts.js';
import { Random } from './random.js';
import type { Forces, Source, Tick } from './tick.js';
import type { Timbre } from './timbre.js';
import { Tones } from './tones.js';

const turn = 2 * Math.PI;

/**
 * Tooth after tooth: harmonics of the mesh frequency, modulated in strength and phase by the shaft, which makes the sidebands
 * (Randall 2011, 2.3; McFadden, MSSP 1, 1987). Wear raises all of them; a broken tooth knocks once a turn and lets the mesh
 * stumble there. Vanes, blades, lobes and pistons pass in the same way.
 */
export class Gear implements Source {
  readonly #teeth: number;
  readonly #vanes: number;
  readonly #mesh: Tones;
  readonly #pass: Tones;
  readonly #phase: number;
  readonly #own: { readonly mesh: number; readonly pass: number };
  readonly #wear: readonly number[];
  readonly #passing: readonly number[];
  readonly #meshes = new Float64Array(4);
  readonly #passes = new Float64Array(4);
  readonly #knocks: Train;
  readonly #knocking: Random;
  readonly #housing: Pushes;
  readonly #casing: Pushes;
  #envelope = 1;

  constructor(seed: number, { teeth, vanes }: Geometry, timbre: Timbre, rate: number) {
    const random = new Random(seed, 40);
    this.#teeth = teeth;
    this.#vanes = vanes;
    const phases = (): number[] => Array.from({ length: 4 }, () => random.uniform());
    this.#mesh = new Tones(phases());
    this.#pass = new Tones(phases());
    this.#phase = random.uniform();
    this.#own = { mesh: timbre.mesh, pass: timbre.pass };
    this.#wear = [1, 0.7, 0.5, 0.3].map((share) => share * random.between(0.7, 1.3));
    this.#passing = [1, 0.4, 0.2, 0.1].map((share) => share * random.between(0.6, 1.4));
    this.#knocking = new Random(seed, 41);
    this.#knocks = new Train(this.#knocking, 0.001);
    this.#housing = new Pushes(rate);
    this.#casing = new Pushes(rate);
  }

  add(tick: Tick, { body, casing, housing }: Forces): void {
    const { samples, from, to, amount, speed, load, shaft, rate } = tick;
    const [wear, broken] = [amount['gear-mesh'], amount['gear-tooth']];
    const force = speed ** 1.5 * (0.3 + 0.7 * load);
    for (let k = 0; k < 4; k++) {
      this.#meshes[k] = force * (this.#own.mesh + 2.4 * wear + 0.5 * broken) * (this.#wear[k] as number);
      this.#passes[k] = speed ** 2 * (0.4 + 0.6 * load) * this.#own.pass * (this.#passing[k] as number);
    }
    const depth = Math.min(0.9, 0.1 + 0.55 * Math.sqrt(wear) + 0.4 * Math.sqrt(broken));
    const swing = (at: number): number => Math.cos(turn * (at + this.#phase));
    const stumble = (at: number): number => {
      const beside = ((at + this.#phase + 0.5) % 1) - 0.5;
      return broken * 2.5 * Math.exp(-((beside * this.#teeth) ** 2) / 4);
    };
    const envelope = 1 + depth * swing(to) + stumble(to);
    const wobble = 0.06 * Math.sqrt(wear + broken);
    this.#mesh.set(this.#meshes, this.#teeth * shaft, rate);
    this.#mesh.add(
      casing,
      samples,
      this.#teeth * from + wobble * swing(from + 0.2),
      this.#teeth * to + wobble * swing(to + 0.2),
      this.#envelope,
      envelope,
    );
    this.#envelope = envelope;
    this.#pass.set(this.#passes, this.#vanes * shaft, rate);
    this.#pass.add(body, samples, this.#vanes * from, this.#vanes * to);

    if (broken > 0) {
      this.#knocks.run(tick, 1, (offset) => {
        const hit = broken * force * (1 + 0.1 * this.#knocking.normal());
        this.#housing.push(offset, 5 * hit);
        this.#casing.push(offset, 6 * hit);
      });
    } else this.#knocks.rest();
    this.#housing.drain(housing, samples);
    this.#casing.drain(casing, samples);
  }
}
