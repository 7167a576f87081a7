import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';

const quarter = 15 * 60;

/** Slows down who tries links that open nothing. Those that are good are never counted: behind a proxy, all have one address. */
export class Guesses {
  readonly #limiter = new RateLimiterMemory({ points: 30, duration: quarter, blockDuration: quarter });

  /** @returns minutes to wait; 0: none yet */
  async add(request: IncomingMessage): Promise<number> {
    try {
      await this.#limiter.consume(addressOf(request));
      return 0;
    } catch (limit) {
      return Math.max(1, Math.ceil(((limit as { msBeforeNext?: number }).msBeforeNext ?? 0) / 60_000));
    }
  }
}

/** Whom to slow down: a whole /64 of IPv6 belongs to one. */
export function addressOf({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? '';
  return isIP(address) === 6 && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
}
