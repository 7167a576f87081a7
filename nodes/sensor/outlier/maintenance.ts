import type { MaintenanceWindow } from './settings.js';

interface Stretch {
  readonly source: string;
  readonly from: number;
  /** Infinite while nobody said that it is over. */
  to: number;
}

const most = 1000;

/** When work was done on a machine, so that its numbers say nothing; by the time that was measured. */
export class Maintenance {
  #stretches: Stretch[] = [];

  /** @param told true: everything, from now on; false: whatever is open is over; or a stretch of one source */
  tell(told: boolean | MaintenanceWindow, now: number): void {
    if (told === false) {
      for (const stretch of this.#stretches) stretch.to = Math.min(stretch.to, now);
      return;
    }
    const { source = '', from, to } = told === true ? {} : told;
    const open = this.#stretches.find(
      (stretch) => stretch.source === source && stretch.to === Number.POSITIVE_INFINITY,
    );
    if (open && from === undefined) open.to = to ?? open.to;
    else this.#stretches.push({ source, from: from ?? now, to: to ?? Number.POSITIVE_INFINITY });
    this.#stretches = this.#stretches.slice(-most);
  }

  covers(source: string, time: number): boolean {
    return this.#stretches.some(
      (one) => time >= one.from && time < one.to && (one.source === '' || one.source === source),
    );
  }

  /** Whether one has begun that nobody said is over. */
  get open(): boolean {
    return this.#stretches.some(({ to }) => to === Number.POSITIVE_INFINITY);
  }

  save(): string {
    return JSON.stringify(
      this.#stretches.map(({ source, from, to }) => [source, from, Number.isFinite(to) ? to : null]),
    );
  }

  load(text: string): void {
    const saved = JSON.parse(text) as [string, number, number | null][];
    this.#stretches = saved.map(([source, from, to]) => ({ source, from, to: to ?? Number.POSITIVE_INFINITY }));
  }
}
