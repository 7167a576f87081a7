import type { Drive } from '../sound/index.js';

/** What was heard in one stretch of time. */
export interface Stretch {
  /** ms UTC of its first sample. */
  readonly time: number;
  /** One a sensor. */
  readonly waves: readonly Float32Array[];
}

/** What so many samples more sound like, one array a sensor. */
export type Hear = (samples: number, drive: Drive) => readonly Float32Array[];

export interface ListeningSettings {
  /** Hz */
  readonly sampleRate: number;
  /** ms */
  readonly length: number;
}

/** ms; how much is made at once, so that nothing else waits for it, and how soon a change is heard. */
const slice = 100;

/**
 * Sound in stretches of a grid, as time goes by. What was missed, by a stall or a sleep, is not made up for: nobody hears what is
 * past.
 */
export class Listening {
  readonly #settings: ListeningSettings;
  readonly #hear: Hear;
  readonly #driveAt: (time: number) => Drive;
  readonly #heard: (stretch: Stretch) => void;
  #timer: NodeJS.Timeout | undefined;
  #begin = Number.NaN;
  #done = 0;
  #waves: Float32Array[] = [];

  constructor(
    settings: ListeningSettings,
    hear: Hear,
    driveAt: (time: number) => Drive,
    heard: (stretch: Stretch) => void,
  ) {
    this.#settings = settings;
    this.#hear = hear;
    this.#driveAt = driveAt;
    this.#heard = heard;
  }

  start(): void {
    this.#fresh(Date.now());
    this.#timer = setInterval(() => this.#go(Date.now()), slice);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #go(now: number): void {
    const { length, sampleRate } = this.#settings;
    // a clock that was set, or a process that slept
    if (now < this.#begin - length || now > this.#begin + 3 * length) this.#fresh(now);
    const due = Math.min(this.#size, Math.floor(((now - this.#begin) * sampleRate) / 1000));
    const count = Math.min(due - this.#done, Math.round((2 * slice * sampleRate) / 1000));
    if (count > 0) {
      for (const [i, heard] of this.#hear(count, this.#driveAt(now)).entries()) {
        this.#waves[i] ??= new Float32Array(this.#size);
        this.#waves[i].set(heard, this.#done);
      }
      this.#done += count;
    }
    if (this.#done < this.#size) return;
    const stretch = { time: this.#begin, waves: this.#waves };
    this.#fresh(this.#begin + length);
    this.#heard(stretch);
  }

  get #size(): number {
    return Math.round((this.#settings.length * this.#settings.sampleRate) / 1000);
  }

  /** The stretch that goes on at that moment begins anew. */
  #fresh(now: number): void {
    this.#begin = Math.floor(now / this.#settings.length) * this.#settings.length;
    this.#done = 0;
    this.#waves = [];
  }
}
