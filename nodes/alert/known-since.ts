/**
 * Since when somebody of this name has been here without a break, ms UTC; what was meant for the name before is nobody's. 0: nobody of
 * this name was removed, or nobody has to sign in. Infinity: whoever had it was removed.
 */
export type KnownSince = (name: string) => Promise<number>;

/** What the door puts into Node-RED's settings, if it is ours. */
interface Door {
  readonly knownSince?: unknown;
}

/** Where nobody has to sign in. */
export const everybody: KnownSince = async () => 0;

export function knownSinceIn({ adminAuth }: { readonly adminAuth?: unknown }): KnownSince {
  const { knownSince } = (adminAuth ?? {}) as Door;
  return typeof knownSince === 'function' ? (knownSince as KnownSince) : everybody;
}
