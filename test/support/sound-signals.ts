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

/** A machine that hums at 50 Hz and its multiples, in recordings of some seconds; broken, it whistles too. */
export function sampleMachine(
  seed = 1,
  seconds = 12,
): {
  name: string;
  normal: { name: string; sampleRate: number; channels: Float32Array[] }[];
  strange: { name: string; sampleRate: number; channels: Float32Array[] }[];
} {
  const sampleRate = 8000;
  const recording = (i: number, whistle: number) => {
    const noise = parkMiller(seed * 100 + i);
    const samples = Float32Array.from({ length: seconds * sampleRate }, (_, at) => {
      const t = (2 * Math.PI * at) / sampleRate;
      return 0.1 * (Math.sin(50 * t) + 0.5 * Math.sin(100 * t)) + 0.02 * noise() + whistle * Math.sin(2100 * t);
    });
    return { name: `${i}`, sampleRate, channels: [samples] };
  };
  const some = (from: number, whistle: number) => [0, 1, 2].map((i) => recording(from + i, whistle));
  return { name: 'sample', normal: some(1, 0), strange: some(11, 0.05) };
}
