/** How long recordings of some kind, of some sources, are kept. */
export interface RecordingRule {
  /** `sound`, `frame`; empty: any. */
  readonly kind: string;
  /** A name, or with `*` for anything several names; empty: any. */
  readonly source: string;
  /** 0: for ever. */
  readonly days: number;
}

/** Days that recordings of this kind and source are kept: as the first rule that fits says; undefined where none does. */
export function daysOf(
  rules: readonly RecordingRule[],
  { kind, source }: { readonly kind: string; readonly source: string },
): number | undefined {
  return rules.find((rule) => fits(rule.kind, kind) && fits(rule.source, source))?.days;
}

function fits(pattern: string, name: string): boolean {
  if (pattern === '') return true;
  return new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's').test(name);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
