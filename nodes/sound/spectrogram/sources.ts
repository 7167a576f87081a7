import type { Pcm } from '../../kit/wav.js';
import type { Preset } from '../presets.js';
import { type Pushed, Stream } from '../stream.js';

/** The one heard from last is the last to go. */
const mostSources = 256;
/** Stretches until what came too short is taken for well: a bad line gives one now and then. */
const wellAfter = 10;
/** ms; who has sent nothing for so long sends nothing that is too short. */
const goneAfter = 3_600_000;

interface Source {
  readonly stream: Stream;
  /** Stretches since pieces were too short; undefined: they are not. */
  well: number | undefined;
  heard: number;
}

/** The sound of each source that is kept for its next message, and whose never fills a stretch. */
export class Sources {
  readonly #settings: Preset;
  readonly #now: () => number;
  readonly #all = new Map<string, Source>();

  /** @param now ms on a clock that never jumps */
  constructor(settings: Preset, now = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  /** With `tell` once, when it begins that pieces are too short. */
  push(name: string, pcm: Pcm, time: number, key?: string): Pushed & { readonly tell: boolean } {
    const source = this.#of(name);
    source.heard = this.#now();
    const pushed = source.stream.push(pcm, time, key);
    const tell = pushed.short !== undefined && source.well === undefined;
    if (pushed.short) source.well = 0;
    else if (source.well !== undefined) {
      source.well += pushed.stretches.length;
      if (source.well >= wellAfter) source.well = undefined;
    }
    return { ...pushed, tell };
  }

  /** How many give no spectrogram, of those heard lately. */
  get short(): { count: number; all: number } {
    const since = this.#now() - goneAfter;
    const lately = [...this.#all.values()].filter(({ heard }) => heard >= since);
    return { count: lately.filter(({ well }) => well === 0).length, all: lately.length };
  }

  #of(name: string): Source {
    const source = this.#all.get(name) ?? { stream: new Stream(this.#settings), well: undefined, heard: 0 };
    this.#all.delete(name);
    this.#all.set(name, source);
    const [oldest] = this.#all.keys();
    if (this.#all.size > mostSources && oldest !== undefined) this.#all.delete(oldest);
    return source;
  }
}
