import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../../kit/index.js';
import type { Bad, Playable, Recording } from './item.js';
import { seeded } from './random.js';
import { type Moment, type Pace, Timeline } from './timeline.js';

export interface PlayerSettings extends Pace {
  /** One item per `step()` instead of by the clock. */
  readonly stepped: boolean;
  readonly loop: boolean;
  /** Whether items bear the times they were recorded at, or those at which they are played. */
  readonly original: boolean;
  /** ms by which an item may come late, by chance. */
  readonly jitter: number;
  /** Share of items that get lost, by chance: 0 to 1. */
  readonly loss: number;
  /** Same seed, same chance. */
  readonly seed: number;
}

export type PlayerState = 'playing' | 'paused' | 'stopped' | 'ended';

export interface PlayerEvents {
  play(messages: Message[]): void;
  bad(bad: Bad): void;
  state(state: PlayerState): void;
  /** The recording can't be read at all; it has stopped. */
  failed(thrown: unknown): void;
}

/** Items in a row without waiting, after which others get a turn. */
const inOneTurn = 20;
const longestSleep = 60_000;
const clockWasSet = 500;

/** Plays a recording; pausing, stepping and stopping work at any time. */
export class Player {
  readonly #open: Recording;
  readonly #settings: PlayerSettings;
  readonly #events: PlayerEvents;
  #run: Run | undefined;

  constructor(open: Recording, settings: PlayerSettings, events: PlayerEvents) {
    this.#open = open;
    this.#settings = settings;
    this.#events = events;
  }

  get state(): PlayerState {
    return this.#run?.state ?? 'stopped';
  }

  /** Starts, or goes on after a pause; while it plays, this changes nothing. */
  play(): void {
    if (this.#run) {
      this.#run.resume();
      return;
    }
    const run = new Run(this.#open, this.#settings, this.#events);
    this.#run = run;
    void run.done.then(() => {
      if (this.#run === run) this.#run = undefined;
    });
  }

  pause(): void {
    this.#run?.pause();
  }

  /** Plays the next item, starting if need be. */
  step(): void {
    this.play();
    this.#run?.step();
  }

  /** The next `play` begins at the beginning. Resolves when all files are closed. */
  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.stop();
    await run?.done;
  }
}

class Run {
  readonly done: Promise<void>;
  readonly #settings: PlayerSettings;
  readonly #events: PlayerEvents;
  readonly #abort = new AbortController();
  readonly #timeline: Timeline;
  readonly #random: () => number;
  #wake = new AbortController();
  #state: PlayerState = 'playing';
  #pausedAt = 0;
  /** ms by which all pauses so far have moved what is still to come. */
  #moved = 0;
  #steps = 0;
  #turn = 0;
  #stamped = 0;
  #epoch = 0;

  constructor(open: Recording, settings: PlayerSettings, events: PlayerEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#timeline = new Timeline(settings);
    this.#random = seeded(settings.seed);
    this.done = this.#all(open);
  }

  get state(): PlayerState {
    return this.#state;
  }

  pause(): void {
    if (this.#state !== 'playing') return;
    this.#pausedAt = performance.now();
    this.#become('paused');
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    const paused = Math.round(performance.now() - this.#pausedAt);
    this.#moved += paused;
    this.#timeline.shift(paused);
    this.#become('playing');
  }

  step(): void {
    this.#steps++;
    this.#wakeUp();
  }

  stop(): void {
    this.#abort.abort();
    this.#wakeUp();
  }

  #become(state: PlayerState): void {
    this.#state = state;
    this.#events.state(state);
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  async #all(open: Recording): Promise<void> {
    this.#events.state('playing');
    try {
      let played = true;
      while (played && !this.#abort.signal.aborted) {
        played = await this.#once(open);
        this.#timeline.again();
        if (!this.#settings.loop) break;
      }
      this.#become(this.#abort.signal.aborted ? 'stopped' : 'ended');
    } catch (thrown) {
      this.#become('stopped');
      this.#events.failed(thrown);
    }
  }

  /** @returns whether anything was there to play: an empty loop would never rest */
  async #once(open: Recording): Promise<boolean> {
    let played = false;
    for await (const item of open()) {
      if (this.#abort.signal.aborted) return false;
      if (item.kind === 'bad') this.#events.bad(item);
      else if (item.kind === 'fresh') this.#timeline.again();
      else if (await this.#playable(item)) played = true;
      else return false;
      if (item.kind !== 'playable') await this.#yield();
    }
    return played;
  }

  /** @returns false when it was stopped meanwhile */
  async #playable(item: Playable): Promise<boolean> {
    const { jitter, loss, stepped } = this.#settings;
    const late = jitter * this.#random();
    const lost = this.#random() < loss;
    const moment = this.#timeline.next(item.time, item.length, Math.floor(performance.now()));
    const moved = stepped ? await this.#stepped() : await this.#due(moment.due + late);
    if (moved === undefined) return false;
    if (!lost) this.#events.play(item.messages(this.#stamp(item, moment, moved)));
    return true;
  }

  #stamp(item: Playable, { stamp }: Moment, moved: number): number {
    if (this.#settings.original && item.time !== undefined) return item.time;
    if (!this.#settings.stepped) return Math.round((this.#clock() + stamp + moved) * 1000) / 1000;
    // two steps in one millisecond are two instants
    this.#stamped = Math.max(Date.now(), this.#stamped + 1);
    return this.#stamped;
  }

  /** From the monotonic clock to the calendar: the same all along, unless somebody sets the clock. */
  #clock(): number {
    const now = Math.round(Date.now() - performance.now());
    if (Math.abs(now - this.#epoch) > clockWasSet) this.#epoch = now;
    return this.#epoch;
  }

  /** @returns ms by which pauses have moved it; undefined: stopped */
  async #due(due: number): Promise<number | undefined> {
    const before = this.#moved;
    while (!this.#abort.signal.aborted) {
      if (this.#state === 'paused') {
        await this.#sleep(longestSleep);
        continue;
      }
      const moved = this.#moved - before;
      const left = due + moved - performance.now();
      if (left <= 0) {
        await this.#yield();
        return moved;
      }
      await this.#sleep(Math.min(left, longestSleep));
    }
    return undefined;
  }

  async #stepped(): Promise<number | undefined> {
    while (this.#steps === 0 && !this.#abort.signal.aborted) await this.#sleep(longestSleep);
    if (this.#abort.signal.aborted) return undefined;
    this.#steps--;
    return 0;
  }

  async #yield(): Promise<void> {
    this.#turn = (this.#turn + 1) % inOneTurn;
    if (this.#turn === 0) await setImmediate();
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#wake.signal }).catch(() => undefined);
  }
}
