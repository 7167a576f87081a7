import type { ServerResponse } from 'node:http';
import { type AlertNotice, type PerceptError, toPerceptError } from '../../kit/index.js';
import { type Board, type Card, concerns, ringingFor } from './board.js';
import type { Visitor } from './visitor.js';

interface Open {
  readonly visitor: Visitor;
  readonly response: ServerResponse;
  /** What it shows now. */
  shown: string;
  /** Alerts that it has shown, and still does. */
  seen: ReadonlySet<number>;
}

interface Waiting {
  readonly to: string;
  readonly seen: () => void;
}

export interface PagesOptions {
  readonly read: () => Promise<Board>;
  /** Somebody sees an alert that was not on their page before. */
  readonly onSeen: (visitor: Visitor, card: Card) => void;
  readonly onProblem: (problem: PerceptError) => void;
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

const mostOpen = 500;
const mostUnread = 1_000_000;
/** What other processes do comes by no wire. */
const lookMs = 2_000;
/** Proxies end what is silent for a minute. */
const breathMs = 15_000;
const confirmMs = 5_000;

/**
 * The pages that are open, over Server-Sent Events. Each gets how things stand, not what happened: whoever comes back after a break,
 * or to another process, sees the same. While none is open nothing is read.
 */
export class Pages {
  readonly #options: PagesOptions;
  readonly #open = new Set<Open>();
  readonly #waiting = new Map<string, Waiting>();
  #timers: NodeJS.Timeout[] = [];
  #reading = false;
  #again = false;

  constructor(options: PagesOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#end());
  }

  get count(): number {
    return this.#open.size;
  }

  /** @returns false: too many are open */
  add(visitor: Visitor, response: ServerResponse): boolean {
    if (this.#open.size >= mostOpen || this.#options.signal.aborted) return false;
    response.writeHead(200, {
      ...{ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' },
      // nginx would collect it
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    const page: Open = { visitor, response, shown: '', seen: new Set() };
    this.#open.add(page);
    response.once('close', () => this.#leave(page));
    if (this.#timers.length === 0)
      this.#timers = [
        setInterval(() => this.refresh(), lookMs).unref(),
        setInterval(() => this.#write(() => ': \n\n'), breathMs).unref(),
      ];
    this.#options.onChange();
    this.refresh();
    return true;
  }

  /** Reads how things stand and tells the pages for which that is new. */
  refresh(): void {
    if (this.#open.size === 0) return;
    if (this.#reading) this.#again = true;
    else void this.#refresh();
  }

  /** @returns whether a page of the person's has confirmed within 5 s that it shows it, to eyes or ears */
  async show(notice: AlertNotice): Promise<boolean> {
    const { notice: id, to, title, text, occasion, quiet } = notice;
    this.refresh();
    const theirs = [...this.#open].filter(({ visitor }) => visitor.mayAct && concerns(to, visitor.person));
    if (theirs.length === 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const late = setTimeout(() => resolve(false), confirmMs);
    this.#waiting.set(id, { to, seen: () => resolve(true) });
    const event = JSON.stringify({ notice: id, title, text, occasion, quiet });
    this.#write((page) => (theirs.includes(page) ? `event: notice\ndata: ${event}\n\n` : ''));
    const seen = await promise;
    clearTimeout(late);
    this.#waiting.delete(id);
    return seen;
  }

  /** A page says that it shows a notice. */
  confirm({ person, mayAct }: Visitor, id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting && mayAct && concerns(waiting.to, person)) waiting.seen();
  }

  async #refresh(): Promise<void> {
    this.#reading = true;
    do {
      this.#again = false;
      try {
        const board = await this.#options.read();
        this.#write((page) => {
          const { person } = page.visitor;
          const shown = JSON.stringify({ cards: board.cards, ringing: ringingFor(board, person) });
          if (shown === page.shown) return '';
          page.shown = shown;
          for (const card of board.cards) if (!page.seen.has(card.id)) this.#options.onSeen(page.visitor, card);
          page.seen = new Set(board.cards.map(({ id }) => id));
          return `data: ${shown}\n\n`;
        });
      } catch (thrown) {
        this.#options.onProblem(toPerceptError(thrown));
        this.#write((page) => {
          page.shown = '';
          return 'event: trouble\ndata: {}\n\n';
        });
      }
    } while (this.#again);
    this.#reading = false;
  }

  #write(text: (page: Open) => string): void {
    for (const page of this.#open) {
      const said = text(page);
      if (said === '') continue;
      page.response.write(said);
      // asleep, and the network keeps the connection: it comes again when it wakes
      if (page.response.writableLength > mostUnread) page.response.destroy();
    }
  }

  #leave(page: Open): void {
    this.#open.delete(page);
    if (this.#open.size === 0) this.#stop();
    this.#options.onChange();
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #end(): void {
    this.#stop();
    for (const { response } of this.#open) response.end();
  }
}
