/** Park and Miller's generator: the same numbers in Python, for vectors that scipy made. @returns numbers in (-1, 1) */
export function parkMiller(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  };
}

/** Noise, a tone, a rising tone and a constant: what `test/unit/sound-analysis.test.ts` gave to scipy. */
export function referenceSound(length: number): Float32Array {
  const noise = parkMiller();
  return Float32Array.from(
    { length },
    (_, i) => 0.1 * noise() + 0.5 * Math.sin(0.3 * i) + 0.25 * Math.sin(0.0701 * i * (1 + i / 9e4)) + 0.2,
  );
}
