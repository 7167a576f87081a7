import { formatValue } from '../shared/format.ts';

/** As many decimals as two labels need to differ. @param step distance between two labels */
export function axisValue(value: number, step: number, language: string): string {
  return formatValue(value, decimalsOf(step), language);
}

/** Of 0.25: two. */
function decimalsOf(step: number): number {
  const isWhole = (length: number) => Math.abs(length - Math.round(length)) < 1e-6 * length;
  let decimals = 0;
  while (decimals < 12 && !isWhole(step * 10 ** decimals)) decimals++;
  return decimals;
}
