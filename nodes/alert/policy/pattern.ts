export type Matches = (text: string) => boolean;

const special = /[.+?^${}()|[\]\\]/g;

/** Whether a text is one of these: `camera/*, door`. No pattern fits every text. */
export function patternOf(patterns: string): Matches {
  const parts = patterns
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return () => true;
  const all = parts.map((part) => new RegExp(`^${part.replace(special, '\\$&').replaceAll('*', '.*')}$`, 's'));
  return (text) => all.some((one) => one.test(text));
}
