import type { Heard, NormalModel } from '../normal/model.js';
import type { MakeJudge } from './judges.js';
import type { Keep } from './keep.js';
import { Listener, type ListenerSettings, type State, type Taken } from './listener.js';

/** The one not heard for longest is forgotten; what it learned stays on disk. */
const mostSources = 256;

interface Entry {
  readonly listener: Listener;
  /** What was asked of it runs one after the other. */
  last: Promise<unknown>;
  state: State;
  learning: number | undefined;
}

/** A listener for every source that is heard. */
export class Listeners {
  readonly #settings: ListenerSettings;
  readonly #keep: Keep;
  readonly #learn: (heard: Heard) => Promise<NormalModel>;
  readonly #judge: MakeJudge;
  readonly #trouble: (problem: unknown) => void;
  readonly #entries = new Map<string, Entry>();

  /** @param trouble told what can't be read from disk */
  constructor(
    settings: ListenerSettings,
    keep: Keep,
    learn: (heard: Heard) => Promise<NormalModel>,
    judge: MakeJudge,
    trouble: (problem: unknown) => void,
  ) {
    this.#settings = settings;
    this.#keep = keep;
    this.#learn = learn;
    this.#judge = judge;
    this.#trouble = trouble;
  }

  /** In order for each source. */
  with<T>(source: string, act: (listener: Listener) => Promise<T> | T): Promise<T> {
    const entry = this.#entry(source);
    const result = entry.last.then(() => act(entry.listener));
    entry.last = result.catch(() => undefined);
    return result;
  }

  /** All that have been heard. */
  async each(act: (listener: Listener) => Promise<unknown> | unknown): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((source) => this.with(source, act)));
  }

  note(source: string, { state, learning }: Taken): void {
    const entry = this.#entries.get(source);
    if (entry) Object.assign(entry, { state, learning });
  }

  /** For the status: how many are in each state, and how far the slowest has learned. */
  get summary(): { states: Readonly<Record<State, number>>; all: number; learning: number | undefined } {
    const states: Record<State, number> = { unknown: 0, learning: 0, normal: 0, strange: 0, silent: 0 };
    let learning: number | undefined;
    for (const entry of this.#entries.values()) {
      states[entry.state]++;
      if (entry.learning !== undefined) learning = Math.min(learning ?? 1, entry.learning);
    }
    return { states, all: this.#entries.size, learning };
  }

  #entry(source: string): Entry {
    const known = this.#entries.get(source) ?? this.#started(source);
    this.#entries.delete(source);
    this.#entries.set(source, known);
    const [oldest] = this.#entries;
    if (this.#entries.size > mostSources && oldest) {
      const [name, { listener, last }] = oldest;
      this.#entries.delete(name);
      void last.then(() => listener.save()).catch(this.#trouble);
    }
    return known;
  }

  #started(source: string): Entry {
    const listener = new Listener(source, this.#settings, this.#keep, this.#learn, this.#judge);
    return { listener, last: listener.start().catch(this.#trouble), state: 'unknown', learning: undefined };
  }
}
