export interface UntilOptions {
  /** How long to wait at most. */
  readonly ms?: number;
  /** ms between two looks at most; 60 unless said. */
  readonly pause?: number;
  /** Completes "Waited 10 s for …". */
  readonly what?: string;
}

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/** Polls until `condition` gives something truthy, and resolves to that; an error thrown on the way counts as "not yet". */
export async function until<T>(
  condition: () => T | Promise<T>,
  { ms = 30_000, pause: most = 60, what = 'a condition' }: UntilOptions = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + ms;
  let last: unknown;
  // what takes long is not looked at fifty times a second
  for (let pause = 5; ; pause = Math.min(1.5 * pause, most)) {
    try {
      const value = await condition();
      if (value) return value as Truthy<T>;
      last = value;
    } catch (thrown) {
      last = thrown;
    }
    if (Date.now() > deadline)
      throw new Error(`Waited ${ms / 1000} s for ${what}; last: ${String(last)}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Polls until the list has so many, and resolves to what it has then. */
export function atLeast<T>(count: number, list: () => readonly T[], options: UntilOptions = {}): Promise<readonly T[]> {
  return until(() => {
    const all = list();
    return all.length >= count && all;
  }, options);
}
