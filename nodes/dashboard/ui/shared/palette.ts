/** Eight hues that stay apart for colour-blind eyes (after Okabe and Ito), dark enough for white and light enough for black paper. */
const light = ['#0072B2', '#C26A00', '#00805C', '#B4508C', '#2E93C9', '#7A5BB0', '#8A7A00', '#5A6672'] as const;
const dark = ['#5AB4F0', '#F2A93B', '#35C79B', '#E88FC4', '#9AD7FF', '#B9A2F2', '#E3D84B', '#B7C2CC'] as const;
const dashes = [[], [6, 3], [2, 3]] as const;

export interface Line {
  readonly color: string;
  readonly dash: readonly number[];
}

const places = new Map<string, number>();

/** Gives lines to sources in this order: those that have one keep it as long as the page is open, in every chart. */
export function meetSources(sources: readonly string[]): void {
  for (const source of sources) if (!places.has(source)) places.set(source, places.size);
}

export function lineFor(source: string, isDark: boolean): Line {
  meetSources([source]);
  return lineOf(places.get(source) ?? 0, isDark);
}

export function lineOf(index: number, isDark: boolean): Line {
  const colors = isDark ? dark : light;
  return {
    color: colors[index % colors.length] ?? colors[0],
    dash: dashes[Math.floor(index / colors.length) % dashes.length] ?? [],
  };
}
