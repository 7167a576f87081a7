import { type Columns, isSpectrogram, type SpectrogramLike, StripRing } from '../node/strip.js';
import { type Anomaly, anomalyOf, type Learning, learningOf } from './reading.js';
import { type Trail, TrailKeeper } from './trail.js';

/** Of one machine, as a page gets it: all of it at first, later what changed. */
export interface CardNews {
  readonly source: string;
  readonly anomaly?: Anomaly;
  /** ms UTC by this box's clock: when something was last heard, and since when its state is what it is. */
  readonly heardAt?: number;
  readonly stateAt?: number;
  /** Newest first. */
  readonly findings?: readonly object[];
  readonly learning?: Learning;
  readonly trail: Trail;
  readonly strip?: Columns;
}

interface Card {
  anomaly?: Anomaly;
  heardAt?: number;
  stateAt?: number;
  findings: readonly FindingLike[];
  learning?: Learning;
  readonly trail: TrailKeeper;
  readonly ring: StripRing;
  strips: Columns[];
  readonly changed: Set<'anomaly' | 'findings' | 'learning'>;
}

interface FindingLike {
  readonly kind?: unknown;
  readonly source?: unknown;
  readonly quantity?: unknown;
  readonly since?: unknown;
}

/** The one heard from last is the last to go. */
const mostCards = 100;
const mostFindings = 4;
/** A thumbnail: 10 kB a machine. */
const thumbnail = { seconds: 60, rows: 40, leastStep: 250 };

/** What the page shows of each machine, kept here so that every page that is opened shows the same. */
export class Cards {
  readonly #cards = new Map<string, Card>();

  /** False when it says nothing of a machine. */
  take(msg: Readonly<Record<string, unknown>>, now: number): boolean {
    const anomaly = anomalyOf(msg['anomaly']);
    const learning = learningOf(msg['learning']);
    const finding = msg['finding'];
    const spectrogram = isSpectrogram(msg['spectrogram']) ? msg['spectrogram'] : undefined;
    // what a finding's message carries besides has come by itself
    if (finding !== undefined) return this.#find(finding);
    if (anomaly) this.#hear(anomaly, now);
    if (learning) this.#learn(learning);
    if (spectrogram) this.#see(spectrogram);
    return Boolean(anomaly ?? learning ?? spectrogram);
  }

  /** All of every machine. */
  whole(): CardNews[] {
    return [...this.#cards].map(([source, card]) => {
      const { anomaly, heardAt, stateAt, findings, learning } = card;
      const strip = columnsOf(card.ring.whole());
      return {
        source,
        findings,
        trail: card.trail.all(),
        ...defined({ anomaly, heardAt, stateAt, learning, strip }),
      };
    });
  }

  /** What changed since it was last asked. */
  fresh(): CardNews[] {
    const news = [...this.#cards].flatMap(([source, card]) => {
      const { changed, strips, anomaly, heardAt, stateAt, findings, learning } = card;
      if (changed.size === 0 && strips.length === 0) return [];
      const told = {
        ...(changed.has('anomaly') ? defined({ anomaly, heardAt, stateAt }) : {}),
        ...(changed.has('findings') ? { findings } : {}),
        ...(changed.has('learning') ? defined({ learning }) : {}),
      };
      const last = strips.at(-1);
      const strip = last && { strip: joined(strips, last) };
      return [{ source, ...told, trail: card.trail.fresh(), ...strip }];
    });
    for (const card of this.#cards.values()) {
      card.changed.clear();
      card.strips = [];
    }
    return news;
  }

  #hear(anomaly: Anomaly, now: number): void {
    const card = this.#card(anomaly.source);
    if (card.anomaly?.state !== anomaly.state) card.stateAt = now;
    card.anomaly = anomaly;
    card.heardAt = now;
    card.changed.add('anomaly');
    const { time, score, threshold } = anomaly;
    if (score !== undefined && threshold !== undefined) card.trail.add({ time, score, threshold });
  }

  #see(spectrogram: SpectrogramLike): void {
    const card = this.#card(spectrogram.source);
    card.strips.push(card.ring.take(spectrogram));
  }

  #learn(learning: Learning): void {
    const card = this.#card(learning.source);
    card.learning = learning;
    card.changed.add('learning');
  }

  /** Only of machines that have a card: what else is found has a page of its own. */
  #find(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const finding = value as FindingLike;
    const card = this.#cards.get(String(finding.source));
    if (!card) return true;
    const others = card.findings.filter((other) => keyOf(other) !== keyOf(finding));
    card.findings = [finding, ...others].sort((a, b) => Number(b.since) - Number(a.since)).slice(0, mostFindings);
    card.changed.add('findings');
    return true;
  }

  #card(source: string): Card {
    const known = this.#cards.get(source);
    const card = known ?? {
      findings: [],
      trail: new TrailKeeper(),
      ring: new StripRing(source, thumbnail),
      strips: [],
      changed: new Set(),
    };
    this.#cards.delete(source);
    this.#cards.set(source, card);
    const [oldest] = this.#cards.keys();
    if (this.#cards.size > mostCards && oldest !== undefined) this.#cards.delete(oldest);
    return card;
  }
}

const keyOf = ({ kind, source, quantity, since }: FindingLike): string =>
  JSON.stringify([kind, source, quantity, since]);

/** From the first to the last column that was touched; what is far from the newest belongs to another time. */
function joined(strips: readonly Columns[], { step, rows, first }: Columns): Columns {
  const most = (1000 * thumbnail.seconds) / step;
  const near = strips.filter(
    (strip) => strip.rows === rows && strip.step === step && Math.abs(strip.first - first) < most,
  );
  const begin = Math.min(...near.map((strip) => strip.first));
  const end = Math.max(...near.map((strip) => strip.first + strip.data.length / rows));
  const data = Buffer.alloc((end - begin) * rows);
  for (const strip of near) data.set(strip.data, (strip.first - begin) * rows);
  return { step, rows, first: begin, data };
}

/** A thumbnail has no axis. */
function columnsOf(strip: Columns | undefined): Columns | undefined {
  return strip && { step: strip.step, rows: strip.rows, first: strip.first, data: strip.data };
}

function defined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
