/** dB of nothing at all: below what 24 bits can hold. */
export const silence = -140;
const least = 10 ** (silence / 10);
/** Of single precision: where the fraction begins, and the bits of the square root of a half. */
const fraction = 23;
const rootOfHalf = 0x3f3504f3;
const perOctave = 10 * Math.log10(2);
const perNeper = 10 / Math.LN10;

/**
 * Powers to decibels, twice as fast as with `Math.log`, which is a quarter of the time of a spectrogram: the exponent is read
 * from the bits, and of the rest, between the roots of a half and of two, the series of 2 artanh((m - 1) / (m + 1)) is
 * exact to single precision after five terms.
 * @param powers overwritten
 * @param levels get them from `at` on
 */
export function toDecibels(powers: Float32Array, levels: Float32Array, at: number): void {
  const bits = new Int32Array(powers.buffer, powers.byteOffset, powers.length);
  for (let i = 0; i < powers.length; i++) if (!((powers[i] as number) > least)) powers[i] = least;
  for (let i = 0; i < powers.length; i++) {
    const own = bits[i] as number;
    const exponent = (own - rootOfHalf) >> fraction;
    bits[i] = own - (exponent << fraction);
    const rest = powers[i] as number;
    const s = (rest - 1) / (rest + 1);
    const q = s * s;
    const series = 2 * s * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q / 9))));
    levels[at + i] = perOctave * exponent + perNeper * series;
  }
}
