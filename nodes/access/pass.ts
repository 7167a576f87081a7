import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isRole } from './roles.js';
import type { Identity } from './sessions.js';

/** What the door tells Node-RED of who came in. Taken off every request from outside. */
export const passHeader = 'x-percept-pass';

/** Signs for this process and its life only. */
export class Pass {
  readonly #key = randomBytes(32);

  write({ user, role }: Identity): string {
    const text = Buffer.from(JSON.stringify({ user, role })).toString('base64url');
    return `${text}.${this.#sign(text).toString('base64url')}`;
  }

  read(pass: string): Identity | undefined {
    const [text = '', signature = ''] = pass.split('.');
    const [given, right] = [Buffer.from(signature, 'base64url'), this.#sign(text)];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const { user, role } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Identity>;
    return typeof user === 'string' && isRole(role) ? { user, role } : undefined;
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
