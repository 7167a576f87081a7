import { type Finding, type PerceptError, type Reading, toPerceptError } from '../../kit/index.js';
import type { DetectorOptions, Verdict } from './contract.js';
import { outlierError } from './errors.js';
import type { Keep } from './keep.js';
import { Maintenance } from './maintenance.js';
import { Rows, type SourceRow } from './rows.js';
import type { MaintenanceWindow, OutlierConfig } from './settings.js';
import { Sources } from './sources.js';
import { Watched } from './watched.js';

export interface Result {
  readonly source: string;
  readonly time: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

export interface WatchEvents {
  /** Found while nothing came. */
  silent(findings: readonly Finding[]): void;
  /** Something learnt could not be read or written; watching goes on. */
  trouble(error: PerceptError): void;
}

/** Everything that is known of a series, or of a source whose quantities are watched together. */
interface Entry {
  readonly key: string;
  readonly source: string;
  readonly rows: Rows;
  readonly units: Map<string, string>;
  watched: Watched | undefined;
  /** Measured time of the newest reading, and when it came here; ms. */
  time: number;
  arrived: number;
  state: Verdict['state'];
  /** Learnt something since it was saved. */
  changed: boolean;
  /** Its file belongs to a newer version: it is left alone. */
  foreign: boolean;
  /** There is a file of it. */
  stored: boolean;
  /** It had to make room. */
  gone: boolean;
}

const maintenanceFile = 'maintenance.json';
/** A row waits so long for the rest of its readings, ms. */
const rowPatience = 1000;

/** Many sources, a detector each, as many as memory was promised for. */
export class Watch {
  readonly #config: OutlierConfig;
  readonly #keep: Keep;
  readonly #events: WatchEvents;
  readonly #maintenance = new Maintenance();
  readonly #sources: Sources<Entry>;
  forgotten = 0;

  constructor(config: OutlierConfig, keep: Keep, events: WatchEvents) {
    this.#config = config;
    this.#keep = keep;
    this.#events = events;
    const saved = keep.loadText(maintenanceFile);
    if (saved) this.#maintenance.load(saved);
    this.#sources = new Sources(
      config.maxSources,
      (key) => this.#entry(key),
      (_key, entry) => this.#forget(entry),
    );
  }

  /** @param now on our clock */
  take(reading: Reading, now: number): Result[] {
    const { source, quantity } = reading;
    const alone = this.#config.watch === 'each';
    const whole = alone ? undefined : this.#sources.get(keyOf(source));
    const entry = whole?.rows.belongs(quantity) ? whole : this.#sources.get(keyOf(source, quantity));
    entry.units.set(quantity, reading.unit);
    entry.time = Math.max(entry.time, reading.time);
    entry.arrived = now;
    return entry.rows.take(reading).map((row) => this.#judge(entry, row));
  }

  /** To be called every second or so: rows that wait for nothing more, and sources that have gone silent. */
  look(now: number): Result[] {
    const results: Result[] = [];
    for (const [, entry] of this.#sources.entries()) {
      const pause = now - entry.arrived;
      if (pause >= rowPatience) results.push(...entry.rows.flush().map((row) => this.#judge(entry, row)));
      if (!entry.watched || this.#maintenance.covers(entry.source, now)) continue;
      // on the source's own clock: what comes late or is played again was not silent for that
      const findings = entry.watched.silence(entry.time + Math.max(0, pause), (name) => entry.units.get(name) ?? '');
      if (findings.length > 0) this.#events.silent(findings);
    }
    return results;
  }

  /** @throws PerceptError `outlier-unknown-source` */
  feedback(finding: Finding): void {
    const { source, quantity } = finding;
    const keys = [keyOf(source, quantity), keyOf(source)];
    const entry = [...this.#sources.entries()].find(([key]) => keys.includes(key))?.[1];
    if (!entry?.watched) throw outlierError('outlier-unknown-source', { source, quantity });
    entry.watched.feedback(finding);
    entry.changed = true;
  }

  async maintain(told: boolean | MaintenanceWindow, now: number): Promise<void> {
    this.#maintenance.tell(told, now);
    await this.#keep.saveText(maintenanceFile, this.#maintenance.save());
  }

  /** Whatever has changed since the last time. */
  async save(): Promise<void> {
    for (const [, entry] of [...this.#sources.entries()]) {
      const { names } = entry.rows;
      if (!entry.changed || entry.foreign || entry.gone || !entry.watched || !names) continue;
      entry.changed = false;
      try {
        await this.#keep.save(entry.key, { names, state: entry.watched.save() });
        entry.stored = true;
        // it had to make room while it was written
        if (entry.gone) await this.#keep.forget(entry.key);
      } catch (thrown) {
        entry.changed = true;
        this.#events.trouble(
          outlierError('outlier-save', { detail: toPerceptError(thrown).message }, { cause: thrown }),
        );
        return;
      }
    }
  }

  counts(): {
    readonly sources: number;
    readonly warming: number;
    readonly unusual: number;
    readonly maintenance: boolean;
  } {
    let warming = 0;
    let unusual = 0;
    for (const [, { state }] of this.#sources.entries()) {
      if (state === 'warming-up') warming++;
      if (state === 'finding') unusual++;
    }
    return { sources: this.#sources.size, warming, unusual, maintenance: this.#maintenance.open };
  }

  #judge(entry: Entry, row: SourceRow): Result {
    const { source, units } = entry;
    entry.watched ??= new Watched(source, this.#options(entry.rows.names ?? []));
    const excluded = this.#maintenance.covers(source, row.time);
    const { verdict, findings } = entry.watched.judge(row, excluded, (name) => units.get(name) ?? '');
    entry.changed = true;
    if (verdict.state !== 'ignored') entry.state = verdict.state;
    return { source, time: row.time, verdict, findings };
  }

  #entry(key: string): Entry {
    const [source = '', quantity] = key.split('\n');
    const kept = this.#keep.load(key);
    const names = kept?.names ?? (quantity === undefined ? undefined : [quantity]);
    const entry: Entry = {
      ...{ key, source, rows: new Rows(names), units: new Map(), watched: undefined },
      ...{ time: 0, arrived: 0, state: 'warming-up', changed: false, foreign: false },
      ...{ stored: kept !== undefined, gone: false },
    };
    if (!kept) return entry;
    try {
      entry.watched = new Watched(source, this.#options(kept.names), kept.state);
    } catch (thrown) {
      const error = toPerceptError(thrown);
      entry.foreign = error.code === 'outlier-state-newer';
      if (!entry.foreign) this.#keep.setAside(key);
      this.#events.trouble(error);
    }
    return entry;
  }

  #forget(entry: Entry): void {
    this.forgotten++;
    entry.gone = true;
    // of a million sources that send once there are no files, nor a million calls to remove them
    if (!entry.stored || entry.foreign) return;
    this.#keep.forget(entry.key).catch((thrown: unknown) => this.#events.trouble(toPerceptError(thrown)));
  }

  #options(channels: readonly string[]): DetectorOptions {
    const { falseAlarmsPerWeek, warmUp, ranges } = this.#config;
    return {
      ...{ channels, falseAlarmsPerWeek, warmUp },
      ranges: Object.fromEntries(ranges.map(({ quantity, ...limits }) => [quantity, limits])),
    };
  }
}

function keyOf(source: string, quantity?: string): string {
  return quantity === undefined ? source : `${source}\n${quantity}`;
}
