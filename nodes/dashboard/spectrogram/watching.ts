import { isSpectrogram, type Strip, StripRing } from '../node/strip.js';
import type { Show } from '../node/widget.js';

/** A page sees a minute of one source; it says every few seconds which. */
export interface Watched {
  /** Where answers go; empty: to all pages, as the dashboard doesn't tell them apart. */
  readonly page: string;
  /** Empty: the first there is. */
  readonly source: string;
}

const settings = { seconds: 60, rows: 128, leastStep: 60 };
/** The one heard from last is the last to go: some 4 MB in all. */
const mostSources = 32;
const mostPages = 200;
const longestName = 200;
/** ms; pages that nobody looks at say nothing. */
const patience = 30_000;

interface Page {
  source: string;
  until: number;
  /** Whose rows it knows: with others, it needs the whole minute. */
  centres: readonly number[] | undefined;
}

/** Keeps the last minute of each source, and sends each page what is new of the one that it shows. */
export class Watching {
  readonly #show: Show;
  readonly #fixed: string;
  readonly #rings = new Map<string, StripRing>();
  /** ms UTC by this box's clock; when each was heard last. */
  readonly #heardAt = new Map<string, number>();
  readonly #pages = new Map<string, Page>();

  /** @param fixed the one source that is shown; empty: the viewer chooses */
  constructor(show: Show, fixed: string) {
    this.#show = show;
    this.#fixed = fixed;
  }

  /** False when it is no spectrogram. */
  take(spectrogram: unknown, now: number): boolean {
    if (!isSpectrogram(spectrogram)) return false;
    const { source } = spectrogram;
    if (this.#fixed && source !== this.#fixed) return true;
    const known = this.#rings.get(source);
    const ring = known ?? new StripRing(source, settings);
    // the one heard from last stands last
    this.#rings.delete(source);
    this.#rings.set(source, ring);
    const [oldest] = this.#rings.keys();
    if (this.#rings.size > mostSources && oldest !== undefined) this.#forget(oldest);
    this.#heardAt.set(source, now);
    const strip = ring.take(spectrogram);
    if (!known) this.#show({ sources: this.sources });
    for (const [name, page] of this.#pages) {
      if (page.until < now) this.#pages.delete(name);
      else if (page.source === source) this.#send(name, page, strip, now);
      else if (page.source === '') this.#begin(name, page, source, now);
    }
    return true;
  }

  watch({ page: name, source }: Watched, now: number): void {
    const wanted = this.#fixed || source.slice(0, longestName) || (this.sources[0] ?? '');
    const page = this.#pages.get(name);
    const until = now + patience;
    if (page && page.until >= now && page.source === wanted) {
      page.until = until;
      return;
    }
    if (this.#pages.size >= mostPages) this.#pages.delete(this.#pages.keys().next().value ?? '');
    const fresh: Page = { source: wanted, until, centres: undefined };
    this.#pages.set(name, fresh);
    this.#begin(name, fresh, wanted, now);
  }

  get sources(): string[] {
    return [...this.#rings.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }

  #forget(source: string): void {
    this.#rings.delete(source);
    this.#heardAt.delete(source);
  }

  #begin(name: string, page: Page, source: string, now: number): void {
    const strip = this.#rings.get(source)?.whole();
    Object.assign(page, { source, centres: strip?.centres });
    const age = now - (this.#heardAt.get(source) ?? now);
    this.#show({ sources: this.sources, shown: source, strip, age, ...to(name) });
  }

  #send(name: string, page: Page, { source, centres, step, first, rows, data }: Strip, now: number): void {
    if (page.centres !== centres) this.#begin(name, page, source, now);
    else this.#show({ more: { step, first, rows, data }, shown: source, ...to(name) });
  }
}

function to(page: string): { _client?: { socketId: string } } {
  return page ? { _client: { socketId: page } } : {};
}
