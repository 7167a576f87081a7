import type { NewReading } from '../../dist/store/store.js';

/** Readings of a few sources, all different. @param from number of the first */
export function someReadings(count: number, from = 0): NewReading[] {
  return Array.from({ length: count }, (_, i) => ({
    source: `plant/pump-${(from + i) % 3}`,
    quantity: '온도',
    value: (from + i) / 7,
    unit: '°C',
    time: 1_760_000_000_000 + (from + i) * 1000,
    sequence: 0,
    receivedAt: 1_760_000_000_500 + (from + i) * 1000,
    clock: 'ok',
  }));
}
