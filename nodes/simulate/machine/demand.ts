import type { Noise } from './noise.js';

const hour = 3_600_000;
const day = 24 * hour;
/** 1 January 1970 was a Thursday. */
const sunday = 3;

/**
 * Share of full load that is asked of it, in [0.05, 1]: three shifts with a dip at each hand-over, quieter nights and Sundays,
 * and what the order book adds from hour to hour and from minute to minute.
 * @param time ms of the plant's own clock
 */
export function demandAt(shifts: number, noise: Noise, time: number): number {
  const hourOfDay = (time / hour) % 24;
  const night = hourOfDay < 6 || hourOfDay >= 22 ? 1 : 0;
  const rest = Math.floor(time / day) % 7 === sunday ? 1 : 0;
  const handOver = Math.exp(-(((hourOfDay % 8) - 6) ** 2) / 0.02);
  const orders = 0.04 * noise(time, 5 * 3600, 6) + 0.05 * noise(time, 20 * 60, 7) + 0.03 * noise(time, 90, 8);
  return Math.min(1, Math.max(0.05, 0.82 - shifts * (0.6 * night + 0.15 * rest + 0.4 * handOver) + orders));
}
