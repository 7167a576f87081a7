import { RateLimiterMemory } from 'rate-limiter-flexible';
import { accessError } from './errors.js';

const quarter = 15 * 60;

/**
 * Slows down who guesses. From one address only few tries at one name, and not many at all; at one name from everywhere so many
 * that its owner is hardly ever kept out by others.
 */
export class Attempts {
  readonly #pair = new RateLimiterMemory({ points: 5, duration: quarter, blockDuration: quarter });
  readonly #address = new RateLimiterMemory({ points: 30, duration: quarter, blockDuration: quarter });
  readonly #name = new RateLimiterMemory({ points: 100, duration: quarter });
  readonly #told = new RateLimiterMemory({ points: 60, duration: quarter });
  readonly #toldOfAll = new RateLimiterMemory({ points: 1000, duration: quarter });

  /**
   * Counted before the password is looked at, so that many at once don't slip through.
   * @param device where this name has signed in before: has tries of its own, which nobody else can use up
   * @throws PerceptError `access-too-often`
   */
  async begin(name: string, address: string, device?: string): Promise<void> {
    const who = name.toLowerCase();
    try {
      if (device !== undefined) {
        await this.#pair.consume(`${who}\n${device}`);
        return;
      }
      await this.#address.consume(address);
      await this.#pair.consume(`${who}\n${address}`);
      await this.#name.consume(who);
    } catch (limit) {
      const ms = (limit as { msBeforeNext?: number }).msBeforeNext ?? 0;
      throw accessError('access-too-often', { minutes: Math.max(1, Math.ceil(ms / 60_000)) });
    }
  }

  /** Whether another refusal is worth a row: whoever knocks without end must not fill the log. */
  async worthTelling(address: string): Promise<boolean> {
    try {
      await this.#told.consume(address);
      await this.#toldOfAll.consume('all');
      return true;
    } catch {
      return false;
    }
  }

  /** The right one: what came before was somebody mistyping. */
  async succeeded(name: string, address: string, device?: string): Promise<void> {
    const who = name.toLowerCase();
    if (device !== undefined) {
      await this.#pair.delete(`${who}\n${device}`);
      return;
    }
    await Promise.all([this.#pair.delete(`${who}\n${address}`), this.#name.reward(who), this.#address.reward(address)]);
  }
}
