import { type Finding, type Level, worst } from '../shared/severity.ts';

export interface Mark {
  /** 0 … 1 across the plot. */
  readonly at: number;
  readonly level: Level;
  readonly findings: readonly Finding[];
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Findings that began or still lasted within the window. */
export function within(findings: readonly Finding[], { from, to }: Window): Finding[] {
  return findings.filter(({ since, until }) => since <= to && (until ?? Math.max(since, from)) >= from);
}

/** A mark each, where they began; those that would cover each other become one with the worst shape. @param near 0 … 1 */
export function marksOf(findings: readonly Finding[], { from, to }: Window, near: number): Mark[] {
  const place = ({ since }: Finding): number => Math.min(1, Math.max(0, (since - from) / (to - from)));
  const groups: { at: number; findings: Finding[] }[] = [];
  for (const finding of within(findings, { from, to }).sort((a, b) => a.since - b.since)) {
    const group = groups.at(-1);
    if (group && place(finding) - group.at < near) group.findings.push(finding);
    else groups.push({ at: place(finding), findings: [finding] });
  }
  return groups.map(({ at, findings: all }) => ({ at, findings: all, level: worst(all.map((f) => f.severity)) }));
}

/** From 0 … 1 to 0 … 1: how long a finding lasted, for a tinted stretch behind the lines. */
export function stretchOf(
  { since, until }: Finding,
  { from, to }: Window,
  now: number,
): { at: number; length: number } {
  const begin = Math.max(since, from);
  const end = Math.min(until ?? now, to);
  return { at: (begin - from) / (to - from), length: Math.max(0, (end - begin) / (to - from)) };
}
