/** Smooth noise, roughly in [-2, 2]. @param period seconds between its knots @param channel independent streams */
export type Noise = (time: number, period: number, channel: number) => number;

export function noiseSource(seed: number): Noise {
  const knot = (index: number, channel: number): number => {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += hash(seed, index, channel * 8 + i);
    return (sum - 2) * 1.7;
  };
  return (time, period, channel) => {
    const at = time / 1000 / period;
    const index = Math.floor(at);
    const blend = (1 - Math.cos(Math.PI * (at - index))) / 2;
    return knot(index, channel) * (1 - blend) + knot(index + 1, channel) * blend;
  };
}

/** Uniform in [0, 1): integer mixing after the 32-bit finaliser of MurmurHash3 (Appleby, public domain). */
export function hash(seed: number, index: number, channel: number): number {
  let h = (seed ^ Math.imul(index, 0x9e3779b1) ^ Math.imul(channel + 1, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Machines of one seed differ by their names. */
export function seedOf(name: string, seed: number): number {
  let mixed = seed | 0;
  for (const character of name) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193) ^ (mixed >>> 15);
  return mixed;
}
