import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Journey } from './oidc.js';

export const journeyMs = 10 * 60_000;
/** A cookie holds 4 KiB. */
const longestNext = 1000;

interface Kept extends Journey {
  readonly next: string;
  readonly until: number;
}

/**
 * What a browser takes along to the identity provider and back, sealed (AES-256-GCM) in a cookie of its own: nothing is kept here that strangers
 * could fill up. The provider takes each code once.
 */
export class Journeys {
  readonly #key = randomBytes(32);

  seal(journey: Journey, next: string, now: number = Date.now()): string {
    const kept: Kept = { ...journey, next: next.length > longestNext ? '' : next, until: now + journeyMs };
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(kept)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @returns undefined for one that is too old, was changed, or is of another process */
  open(sealed: string, now: number = Date.now()): Kept | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < 29) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      const kept = JSON.parse(
        Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString(),
      ) as Kept;
      return kept.until < now ? undefined : kept;
    } catch {
      return undefined;
    }
  }
}
