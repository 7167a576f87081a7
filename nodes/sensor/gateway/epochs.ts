import type { MeasuredClock } from '../decode/envelope.js';
import { number, type Run } from './outbox-file.js';

interface Epoch {
  /** By how much the clock was set at its end; absent while it lasts, and where the process ended with it. */
  readonly step?: number;
  readonly clock?: MeasuredClock;
}

/** What measuring a step adds to the doubt, ms: it is looked for once a second. */
const stepDoubt = 100;

/**
 * Stretches of time in which this box's clock ran without being set. Each reading belongs to one, so that an offset measured
 * later is sent along only with the readings it holds for; over a step it can be reckoned back, over a restart it cannot.
 */
export class Epochs {
  readonly #run: Run;
  readonly #known = new Map<number, Epoch>();
  #current = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get current(): number {
    return this.#current;
  }

  /** @param firstNeeded of the oldest reading that waits */
  async begin(at: number, firstNeeded: number | undefined): Promise<void> {
    await this.#forgetBefore(firstNeeded);
    const { rows } = await this.#run('select id, step, clock from epoch');
    for (const { id, step, clock } of rows)
      this.#known.set(Number(id), {
        ...(step === null ? {} : { step: Number(step) }),
        ...(clock === null ? {} : { clock: JSON.parse(String(clock)) as MeasuredClock }),
      });
    // also above one that readings belong to and a failed write has left out here
    const last = await number(
      this.#run,
      'select max(coalesce((select max(id) from epoch), 0), coalesce((select max(epoch) from outbox), 0))',
    );
    await this.#next(at, last + 1);
  }

  async stepped(step: number, at: number, firstNeeded: number | undefined): Promise<void> {
    await this.#run('update epoch set step = ? where id = ?', step, this.#current);
    this.#known.set(this.#current, { ...this.#known.get(this.#current), step });
    await this.#next(at, this.#current + 1);
    await this.#forgetBefore(firstNeeded);
  }

  async measured(clock: MeasuredClock): Promise<void> {
    await this.#run('update epoch set clock = ? where id = ?', JSON.stringify(clock), this.#current);
    this.#known.set(this.#current, { ...this.#known.get(this.#current), clock });
  }

  /** How the clock stood in an epoch; nothing where it was never measured. */
  clockOf(id: number): MeasuredClock | undefined {
    let steps = 0;
    let reckoned = 0;
    for (let epoch = this.#known.get(id); epoch; epoch = this.#known.get(id + reckoned)) {
      if (epoch.clock && reckoned === 0) return epoch.clock;
      if (epoch.clock) {
        const { offset, uncertainty, at } = epoch.clock;
        return { offset: offset + steps, uncertainty: uncertainty + reckoned * stepDoubt, at, reckoned: true };
      }
      if (epoch.step === undefined) return undefined;
      steps += epoch.step;
      reckoned++;
    }
    return undefined;
  }

  async #next(at: number, id: number): Promise<void> {
    await this.#run('insert or replace into epoch (id, began) values (?, ?)', id, at);
    this.#current = id;
    this.#known.set(id, {});
  }

  async #forgetBefore(firstNeeded = this.#current): Promise<void> {
    await this.#run('delete from epoch where id < ?', firstNeeded);
    for (const id of this.#known.keys()) if (id < firstNeeded) this.#known.delete(id);
  }
}
