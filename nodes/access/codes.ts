import { randomBytes, timingSafeEqual } from 'node:crypto';

const goodForMs = 3_600_000;

/** Lets in whoever started Percept, once: they could read its files anyway. */
export class StartCode {
  readonly code = randomBytes(24).toString('base64url');
  readonly #until: number;
  #used = false;

  constructor(now: number = Date.now()) {
    this.#until = now + goodForMs;
  }

  use(given: string, now: number = Date.now()): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(this.code)];
    if (this.#used || now > this.#until || a.length !== b.length || !timingSafeEqual(a, b)) return false;
    this.#used = true;
    return true;
  }
}
