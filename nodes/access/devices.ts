import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const deviceMs = 180 * 24 * 3_600_000;

/**
 * Browsers that somebody has signed in with before, since this process began: strangers who guess at a name must not keep its owner out
 * (OWASP, Device Cookies). Such a cookie opens nothing.
 */
export class Devices {
  readonly #key = randomBytes(32);

  /** For the cookie. */
  make(name: string): string {
    const id = randomBytes(16).toString('base64url');
    return `${id}.${this.#sign(id, name).toString('base64url')}`;
  }

  /** @returns the device's id, if this name has signed in there */
  read(cookie: string, name: string): string | undefined {
    const [id = '', signature = ''] = cookie.split('.');
    const [given, right] = [Buffer.from(signature, 'base64url'), this.#sign(id, name)];
    return given.length === right.length && timingSafeEqual(given, right) ? id : undefined;
  }

  #sign(id: string, name: string): Buffer {
    return createHmac('sha256', this.#key).update(`${id}\n${name.toLowerCase()}`).digest();
  }
}
