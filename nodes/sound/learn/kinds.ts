/** What can be learned of a source: what is normal, as statistics or by a network that repeats it, or what each fault sounds like. */
export const kinds = ['normal', 'autoencoder', 'vgg'] as const;
export type Kind = (typeof kinds)[number];

/** Stretches of about a second. */
export const fewestStretches: Readonly<Record<Kind, number>> = { normal: 20, autoencoder: 100, vgg: 40 };
/** Of each condition, and conditions. */
export const fewestOfEach = 10;
export const fewestConditions = 2;

/** A stretch of time in which a source was in one condition; UTC epoch milliseconds. */
export interface Label {
  readonly since: number;
  readonly until: number;
  /** `normal`, `bearing-outer`, … */
  readonly condition: string;
}
