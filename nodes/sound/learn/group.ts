import type { Form } from '../normal/model.js';
import type { Item } from './collector.js';

interface GroupSettings {
  /** For people. */
  readonly name: string;
  readonly form: Form;
  /** Hz; the bands' centres. */
  readonly centres: readonly number[];
  readonly most: number;
}

/** What was heard in one form: thinned out evenly when it is more than may be kept. */
export class Group {
  readonly name: string;
  readonly form: Form;
  readonly centres: readonly number[];
  readonly #most: number;
  #items: Item[] = [];
  #every = 1;
  seen = 0;
  /** ms UTC: the beginning of the first stretch and the end of the last. */
  first = Number.POSITIVE_INFINITY;
  last = 0;

  constructor({ name, form, centres, most }: GroupSettings) {
    this.name = name;
    this.form = form;
    this.centres = centres;
    this.#most = most;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  add(item: Item, until: number): void {
    if (this.seen++ % this.#every === 0) this.#items.push(item);
    this.first = Math.min(this.first, item.time);
    this.last = Math.max(this.last, until);
    if (this.#items.length <= this.#most) return;
    this.#items = this.#items.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}
