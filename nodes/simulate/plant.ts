/** A small plant whose every value is a function of seed and time: it can be asked for any instant, in any order. */
export interface PlantSeries {
  readonly machine: string;
  readonly quantity: string;
  readonly unit: string;
  /** @param time UTC ms */
  value(time: number): number;
}

const minute = 60_000;
const hour = 60 * minute;

interface Machine {
  readonly name: string;
  /** kW at full load */
  readonly power: number;
  readonly flow?: number;
  readonly pressure?: number;
  /** How strongly shifts drive it: 0 runs through, 1 stands still at night. */
  readonly shifts: number;
}

const machines: readonly Machine[] = [
  { name: 'pump-1', power: 11, flow: 420, shifts: 0.2 },
  { name: 'pump-2', power: 7.5, flow: 260, shifts: 0.35 },
  { name: 'fan-1', power: 4, pressure: 0.024, shifts: 0.15 },
  { name: 'press-1', power: 22, pressure: 160, shifts: 0.7 },
];

/**
 * Four machines with temperature, vibration, power, and flow or pressure each. Load follows day and shift and drives
 * power at once, temperature with a thermal lag; press-1 runs hot for a minute in every ten.
 */
export function plant(seed: number): PlantSeries[] {
  return machines.flatMap((machine, index) => seriesOf(machine, noiseSource(seed * 1000 + index)));
}

function seriesOf(machine: Machine, noise: Noise): PlantSeries[] {
  const load = (time: number): number => loadAt(machine, noise, time);
  // a first-order lag of ten minutes, sampled: heat remembers the load of the last half hour
  const heat = (time: number): number => {
    let sum = 0;
    let weights = 0;
    for (let lag = 0; lag <= 30; lag += 3) {
      const weight = Math.exp(-lag / 10);
      sum += weight * load(time - lag * minute);
      weights += weight;
    }
    return sum / weights;
  };
  const hot = (time: number): number => (machine.name === 'press-1' ? hotSpell(noise, time) : 0);
  const series: PlantSeries[] = [
    {
      machine: machine.name,
      quantity: 'temperature',
      unit: '°C',
      value: (time) => round(31 + 34 * heat(time) + 30 * hot(time) + 0.25 * noise(time, 1, 1), 2),
    },
    {
      machine: machine.name,
      quantity: 'vibration',
      unit: 'mm/s',
      value: (time) => round(0.6 + 1.9 * load(time) + 1.4 * hot(time) + 0.12 * noise(time, 1, 2), 3),
    },
    {
      machine: machine.name,
      quantity: 'power',
      unit: 'kW',
      value: (time) => round(machine.power * (0.12 + 0.88 * load(time)) * (1 + 0.01 * noise(time, 1, 3)), 3),
    },
  ];
  const { flow, pressure } = machine;
  if (flow !== undefined) {
    series.push({
      machine: machine.name,
      quantity: 'flow',
      unit: 'l/min',
      value: (time) => round(flow * Math.sqrt(load(time)) * (1 + 0.008 * noise(time, 1, 4)), 1),
    });
  }
  if (pressure !== undefined) {
    series.push({
      machine: machine.name,
      quantity: 'pressure',
      unit: 'bar',
      value: (time) => round(pressure * (0.3 + 0.7 * load(time)) * (1 + 0.006 * noise(time, 1, 5)), 4),
    });
  }
  return series;
}

/** In [0.05, 1]: three shifts with a hand-over dip, slow wandering, and what the order book adds from minute to minute. */
function loadAt(machine: Machine, noise: Noise, time: number): number {
  const hourOfDay = (time / hour) % 24;
  const night = hourOfDay < 6 || hourOfDay >= 22 ? 1 : 0;
  const handOver = Math.exp(-(((hourOfDay % 8) - 6) ** 2) / 0.02);
  const wander = 0.08 * noise(time, 20 * 60, 6) + 0.04 * noise(time, 90, 7);
  return Math.min(1, Math.max(0.05, 0.82 - machine.shifts * (0.6 * night + 0.4 * handOver) + wander));
}

/** 0 … 1 … 0 within 70 s, once in every ten minutes, at a moment that the seed chooses. */
function hotSpell(noise: Noise, time: number): number {
  const slot = Math.floor(time / (10 * minute));
  const begin = slot * 10 * minute + (0.25 + 0.1 * noise(slot * 10 * minute, 1, 8)) * 10 * minute;
  const x = (time - begin) / 70_000;
  return x <= 0 || x >= 1 ? 0 : Math.sin(Math.PI * x) ** 0.5;
}

/** Smooth noise, roughly in [-2, 2]. @param period seconds between its knots @param channel independent streams */
type Noise = (time: number, period: number, channel: number) => number;

function noiseSource(seed: number): Noise {
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
function hash(seed: number, index: number, channel: number): number {
  let h = (seed ^ Math.imul(index, 0x9e3779b1) ^ Math.imul(channel + 1, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x1_0000_0000;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
