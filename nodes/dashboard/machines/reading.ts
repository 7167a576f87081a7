/** What `msg.anomaly` says of a machine. */
export interface Anomaly {
  readonly source: string;
  /** ms UTC */
  readonly time: number;
  readonly state: 'unknown' | 'learning' | 'normal' | 'strange' | 'silent';
  readonly score?: number;
  readonly threshold?: number;
  /** 0 to 1, while something is being learned. */
  readonly learning?: number;
  /** A network's class, and how sure it is of it: 0 to 1. */
  readonly condition?: string;
  readonly sure?: number;
}

export interface Version {
  readonly version: string;
  readonly kind: string;
  /** ms UTC */
  readonly madeAt: number;
  readonly live: boolean;
  readonly scores: Readonly<Record<string, number>>;
  /** That its making took. */
  readonly seconds?: number;
}

/** What `msg.learning` says of a training. */
export interface Learning {
  readonly source: string;
  readonly kind: string;
  readonly state: string;
  /** 0 to 1 */
  readonly progress: number;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly loss?: readonly number[];
  readonly validation?: readonly number[];
  readonly reason?: string;
  readonly versions: readonly Version[];
}

/** What a page draws of a curve at most. */
const mostLosses = 120;
const mostVersions = 20;

export function anomalyOf(value: unknown): Anomaly | undefined {
  const { source, time, state, score, threshold, learning, condition, sure } = fields(value);
  if (typeof source !== 'string' || source === '' || typeof time !== 'number' || typeof state !== 'string') return;
  return {
    source,
    time,
    state: state as Anomaly['state'],
    ...numbers({ score, threshold, learning, sure }),
    ...(typeof condition === 'string' ? { condition } : {}),
  };
}

/** Bounded: a curve of thousands of epochs is thinned, of many versions the newest and the live one stay. */
export function learningOf(value: unknown): Learning | undefined {
  const { source, kind, state, progress, epoch, epochs, loss, validation, reason, versions } = fields(value);
  if (typeof source !== 'string' || source === '') return undefined;
  return {
    source,
    kind: typeof kind === 'string' ? kind : 'normal',
    state: typeof state === 'string' ? state : 'idle',
    progress: typeof progress === 'number' ? Math.min(1, Math.max(0, progress)) : 0,
    ...numbers({ epoch, epochs }),
    ...(Array.isArray(loss) ? { loss: thinned(loss) } : {}),
    ...(Array.isArray(validation) ? { validation: thinned(validation) } : {}),
    ...(typeof reason === 'string' ? { reason: reason.slice(0, 500) } : {}),
    versions: Array.isArray(versions) ? newest(versions.flatMap((version) => versionOf(version) ?? [])) : [],
  };
}

function versionOf(value: unknown): Version | undefined {
  const { version, kind, madeAt, live, scores, seconds } = fields(value);
  if (typeof version !== 'string' && typeof version !== 'number') return undefined;
  return {
    version: String(version),
    kind: typeof kind === 'string' ? kind : '',
    madeAt: typeof madeAt === 'number' ? madeAt : Date.parse(String(madeAt)) || 0,
    live: live === true,
    scores: numbers(fields(scores)) as Record<string, number>,
    ...numbers({ seconds }),
  };
}

function newest(versions: readonly Version[]): Version[] {
  const sorted = [...versions].sort((a, b) => b.madeAt - a.madeAt);
  return sorted.filter(({ live }, at) => live || at < mostVersions);
}

function thinned(values: readonly unknown[]): number[] {
  const every = Math.ceil(values.length / mostLosses);
  return values.filter((value, at): value is number => {
    return typeof value === 'number' && (at % every === 0 || at === values.length - 1);
  });
}

function numbers<Key extends string>(values: Readonly<Record<Key, unknown>>): Partial<Record<Key, number>> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === 'number' && Number.isFinite(value)),
  ) as Partial<Record<Key, number>>;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
