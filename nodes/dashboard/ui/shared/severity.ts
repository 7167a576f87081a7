export const levels = ['normal', 'notice', 'warning', 'critical'] as const;
export type Level = (typeof levels)[number];

export interface Finding {
  readonly id?: number;
  readonly kind: string;
  readonly source: string;
  readonly quantity: string;
  readonly score: number;
  readonly threshold: number;
  readonly severity: Exclude<Level, 'normal'>;
  readonly since: number;
  readonly until?: number | null;
  readonly reasons: readonly string[];
  /** Where the value was expected, over time. */
  readonly expected?: readonly Expected[];
}

export interface Expected {
  readonly time: number;
  readonly low: number;
  readonly high: number;
}

export const severityTexts = {
  'en-US': { normal: 'Normal', notice: 'Notice', warning: 'Warning', critical: 'Critical' },
  ko: { normal: '정상', notice: '알림', warning: '경고', critical: '위험' },
} as const;

export function worst(all: readonly Level[]): Level {
  return all.reduce<Level>((a, b) => (levels.indexOf(b) > levels.indexOf(a) ? b : a), 'normal');
}

/** What makes two messages the same finding. */
export function findingKey({ kind, source, quantity, since }: Finding): string {
  return `${kind}\n${source}\n${quantity}\n${since}`;
}

/** Newest first, each once: a later message about the same finding replaces the earlier one. */
export function mergeFindings(all: readonly Finding[], more: readonly Finding[], most: number): Finding[] {
  const byKey = new Map(all.map((finding) => [findingKey(finding), finding]));
  for (const finding of more) byKey.set(findingKey(finding), finding);
  return [...byKey.values()].sort((a, b) => b.since - a.since).slice(0, most);
}
