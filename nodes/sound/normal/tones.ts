import type { Line } from '../../kit/index.js';

/** Tones that normal sound has: bins of a histogram over frequency, as the share of stretches that had one there. */
export interface Tones {
  /** Hz; tones this near are the same one. */
  readonly width: number;
  /** Sorted; only those that were there often enough to be usual. */
  readonly usual: readonly number[];
}

export interface Sidebands {
  /** Hz */
  readonly carrier: number;
  readonly apart: number;
}

const often = 0.1;

/** @param stretches the tones of each; @param width Hz between two that can be told apart */
export function usualTones(stretches: readonly (readonly Line[])[], width: number): Tones {
  const counts = new Map<number, number>();
  for (const lines of stretches) {
    const bins = new Set(lines.map(({ frequency }) => Math.round(frequency / width)));
    for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const usual = [...counts].filter(([, count]) => count >= often * stretches.length).map(([bin]) => bin * width);
  return { width, usual: usual.sort((a, b) => a - b) };
}

/** Strongest first. */
export function newTones(lines: readonly Line[], { width, usual }: Tones): Line[] {
  return lines
    .filter(({ frequency }) => usual.every((known) => Math.abs(known - frequency) > 2 * width))
    .toSorted((a, b) => b.level - a.level);
}

/**
 * Tones equally far from a stronger one on both sides: something turns or strikes that often while the other sounds.
 * @returns the pattern with the most tones, three at least; undefined where there is none
 */
export function sidebandsOf(lines: readonly Line[], width: number): Sidebands | undefined {
  let best: (Sidebands & { count: number }) | undefined;
  for (const carrier of lines) {
    for (const { frequency } of lines) {
      const apart = Math.abs(frequency - carrier.frequency);
      if (apart < 3 * width || apart > carrier.frequency / 2) continue;
      const count = membersOf(lines, carrier, apart, width);
      if (count >= 2 && (!best || count > best.count || (count === best.count && apart < best.apart)))
        best = { carrier: carrier.frequency, apart, count };
    }
  }
  return best && { carrier: best.carrier, apart: best.apart };
}

/** Both neighbours of a carrier count, and what continues the row; a row with one side only is a series of harmonics. */
function membersOf(lines: readonly Line[], carrier: Line, apart: number, width: number): number {
  const has = (n: number): boolean =>
    lines.some(
      ({ frequency, level }) => Math.abs(frequency - carrier.frequency - n * apart) <= width && level < carrier.level,
    );
  if (!has(1) || !has(-1)) return 0;
  let count = 2;
  for (let n = 2; has(n); n++) count++;
  for (let n = -2; has(n); n--) count++;
  return count;
}
