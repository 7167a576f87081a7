import { setTimeout as sleep } from 'node:timers/promises';
import { answerTopic, questionText, readAnswer } from '../decode/clock-wire.js';
import type { MeasuredClock } from '../decode/envelope.js';
import { FarClock } from './clock.js';

/** What it takes to ask over a connection. */
export interface Wire {
  subscribe(topic: string): Promise<number>;
  /** At QoS 0. */
  publish(text: string): Promise<void>;
}

/** After connecting: several, of which the quickest counts. */
const firstQuestions = 4;
const firstEveryMs = 250;
/** How long the first readings of a connection wait for the clock to be known. */
const patience = 1000;

/** Asks the far side for its time while a connection stands. */
export class Asking {
  readonly #clock = new FarClock();
  readonly #id: string;
  readonly #everyMs: number;
  readonly #measured: (clock: MeasuredClock) => void;
  #stop = new AbortController();
  #heard = Promise.withResolvers<void>();

  /** @param everyMs 0: never */
  constructor(id: string, everyMs: number, measured: (clock: MeasuredClock) => void) {
    this.#id = id.replaceAll(/[^\w.-]/g, '_');
    this.#everyMs = everyMs;
    this.#measured = measured;
  }

  /** Resolves when the far side has answered once, or will not at once. */
  async begin(wire: Wire): Promise<void> {
    if (this.#everyMs === 0) return;
    this.#stop = new AbortController();
    this.#heard = Promise.withResolvers();
    const { signal } = this.#stop;
    void this.#ask(wire, signal).catch(() => this.#heard.resolve());
    await Promise.race([this.#heard.promise, sleep(patience, undefined, { signal }).catch(() => undefined)]);
  }

  end(): void {
    this.#stop.abort();
  }

  answered(payload: Buffer): void {
    const answer = readAnswer(payload);
    const clock = answer && this.#clock.answered(answer);
    if (!clock) return;
    this.#measured(clock);
    this.#heard.resolve();
  }

  /** The clock of this box was set. */
  forget(): void {
    this.#clock.forget();
  }

  async #ask(wire: Wire, signal: AbortSignal): Promise<void> {
    const granted = await wire.subscribe(answerTopic(this.#id));
    if (granted >= 128) throw new Error('the broker does not let answers through');
    for (let i = 0; !signal.aborted; i++) {
      await wire.publish(questionText({ id: this.#id, n: this.#clock.ask() }));
      await sleep(i + 1 < firstQuestions ? firstEveryMs : this.#everyMs, undefined, { signal });
    }
  }
}
