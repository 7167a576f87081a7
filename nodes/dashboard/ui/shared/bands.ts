import type { Finding, Level } from './severity.ts';

/** A finding over a stretch of time, in shares of what is shown; `open`: it lasts. */
export interface Band {
  readonly finding: Finding;
  readonly level: Level;
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
}

/**
 * Findings that touch the window, as bands from since to until.
 * @param window ms UTC
 */
export function bandsOf(findings: readonly Finding[], window: { from: number; to: number }): Band[] {
  const share = (time: number): number => (time - window.from) / (window.to - window.from);
  return findings.flatMap((finding) => {
    const open = finding.until === undefined || finding.until === null;
    const from = Math.max(0, share(finding.since));
    const to = Math.min(1, open ? 1 : share(finding.until as number));
    return to <= 0 || from >= 1 || to < from ? [] : [{ finding, level: finding.severity, from, to, open }];
  });
}
