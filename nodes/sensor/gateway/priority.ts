import { matcher } from '../history/matching.js';

export const usualPriority = 5;
const remembered = 10_000;

/** Of a source: the first pattern that fits decides. */
export function prioritizer(
  rules: readonly { readonly source: string; readonly priority: number }[],
): (source: string) => number {
  const tests = rules.map(({ source, priority }) => ({ priority, test: matcher([source]).test }));
  if (tests.length === 0) return () => usualPriority;
  const known = new Map<string, number>();
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const priority = tests.find(({ test }) => test(source))?.priority ?? usualPriority;
    if (known.size >= remembered) known.clear();
    known.set(source, priority);
    return priority;
  };
}
