/** A place on an axis: 0 at its beginning, 1 at its end. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

const octaves = [16, 31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000] as const;

/**
 * Hz, at the rows where they are.
 * @param centres of the rows, ascending
 * @param most labels that there is room for
 */
export function frequencyTicks(centres: readonly number[], scale: 'mel' | 'linear', most: number): Tick[] {
  const [low, high] = [centres[0] ?? 0, centres.at(-1) ?? 0];
  const values = scale === 'mel' ? octaves : evenly(low, high, most);
  const shown = values.filter((value) => value >= low && value <= high);
  const ticks = shown.map((value) => ({ at: placeOf(value, centres), label: hertz(value) }));
  const least = 1 / Math.max(1, most) - 1e-9;
  const kept: Tick[] = [];
  // from above: the wide octaves are the ones that are heard
  for (const tick of ticks.toReversed()) if ((kept.at(-1)?.at ?? 2) - tick.at >= least) kept.push(tick);
  return kept.toReversed();
}

/** Where between the lowest and the highest row a frequency lies. */
export function placeOf(frequency: number, centres: readonly number[]): number {
  const above = centres.findIndex((centre) => centre >= frequency);
  if (above <= 0) return above === 0 ? 0.5 / centres.length : 1;
  const [below, next] = [centres[above - 1] as number, centres[above] as number];
  return (above - 0.5 + (frequency - below) / (next - below)) / centres.length;
}

function evenly(low: number, high: number, most: number): number[] {
  const least = (high - low) / Math.max(1, most);
  const ten = 10 ** Math.floor(Math.log10(Math.max(1e-3, least)));
  const step = [1, 2, 5, 10].map((factor) => factor * ten).find((size) => size >= least) ?? 10 * ten;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, at) => (first + at) * step);
}

/** "250 Hz", "4 kHz", "31.5 Hz". */
export function hertz(value: number): string {
  const [size, unit] = value >= 1000 ? [value / 1000, 'kHz'] : [value, 'Hz'];
  return `${Number(size.toPrecision(3))} ${unit}`;
}
