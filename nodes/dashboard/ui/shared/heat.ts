/**
 * 256 colours from quiet to loud that eyes see as equal steps: made in OKLCH (Ottosson 2020), where lightness rises evenly
 * while the hue turns. On dark paper quiet is dark, on light paper quiet is light, so that what is loud stands out of both.
 * @returns RGBA bytes, four per colour; the first is quietest
 */
export function heatOf(dark: boolean): Uint8ClampedArray {
  const colors = new Uint8ClampedArray(4 * 256);
  for (let at = 0; at < 256; at++) colors.set([...colorAt(at / 255, dark), 255], 4 * at);
  return colors;
}

export type Rgb = readonly [red: number, green: number, blue: number];

interface Course {
  /** OKLCH lightness, 0 to 1, at the quiet and at the loud end. */
  readonly lightness: readonly [number, number];
  /** Degrees. */
  readonly hue: readonly [number, number];
  /** At its most colourful, in the middle. */
  readonly chroma: number;
}

const onDark: Course = { lightness: [0.2, 0.94], hue: [265, 95], chroma: 0.125 };
const onLight: Course = { lightness: [0.98, 0.28], hue: [205, 305], chroma: 0.125 };

/** @param share from quiet, 0, to loud, 1 */
export function colorAt(share: number, dark: boolean): Rgb {
  const { lightness, hue, chroma } = dark ? onDark : onLight;
  const between = ([from, to]: readonly [number, number]): number => from + (to - from) * share;
  // grey at the ends, where few colours are that light or dark
  const colorful = chroma * Math.sin(Math.PI * (0.04 + 0.86 * share));
  return rgbOf(between(lightness), colorful, (between(hue) * Math.PI) / 180);
}

/** Less colourful where a screen can't show it; the lightness stays. */
function rgbOf(lightness: number, chroma: number, hue: number): Rgb {
  for (let some = chroma; ; some -= 0.005) {
    const linear = linearOf(lightness, Math.max(0, some), hue);
    if (some <= 0 || linear.every((part) => part >= -1e-4 && part <= 1 + 1e-4)) return linear.map(encoded) as never;
  }
}

function linearOf(lightness: number, chroma: number, hue: number): number[] {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** sRGB, 0 to 255. */
function encoded(linear: number): number {
  const part = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
}
