export const kinds = ['pump', 'fan', 'press', 'compressor', 'motor'] as const;
export type Kind = (typeof kinds)[number];

export const quantities = ['temperature', 'vibration', 'power', 'flow', 'pressure', 'speed'] as const;
export type Quantity = (typeof quantities)[number];

/** How a quantity is told: its reading at full load, in which unit, with how many decimals. */
export interface Scale {
  readonly full: number;
  readonly unit: string;
  readonly digits: number;
}

/** What a machine moves; shares of what they are at full load. */
export type Work =
  /** Flow and pressure meet where the machine's curve crosses the system's. @param head what it must lift at no flow */
  | { readonly by: 'impeller'; readonly head: number }
  /** Each turn moves the same. @param idle pressure at no load @param gain what load adds */
  | { readonly by: 'displacement'; readonly idle: number; readonly gain: number }
  | { readonly by: 'shaft' };

export interface Make {
  readonly work: Work;
  /** What it moves, if anything. */
  readonly medium?: 'liquid' | 'gas';
  readonly scales: Readonly<Partial<Record<Quantity, Scale>>>;
  /** Revolutions a minute of the motor's field: 50 Hz, four poles or two. */
  readonly synchronous: number;
  /** K above its surroundings at full load, once it has settled. */
  readonly rise: number;
  /** ms; time constant of the casing. */
  readonly lag: number;
  /** How strongly shifts drive it: 0 runs through, 1 stands still at night. */
  readonly shifts: number;
}

const minute = 60_000;
const temperature: Scale = { full: 60, unit: '°C', digits: 2 };
const scale = (full: number, unit: string, digits: number): Scale => ({ full, unit, digits });

/** Sizes as a small plant has them; vibration as ISO 20816-3 has it for machines in good order. */
export const makes: Readonly<Record<Kind, Make>> = {
  pump: {
    work: { by: 'impeller', head: 0.3 },
    medium: 'liquid',
    scales: {
      temperature,
      vibration: scale(2.3, 'mm/s', 3),
      power: scale(11, 'kW', 3),
      flow: scale(420, 'l/min', 1),
      pressure: scale(4.2, 'bar', 3),
      speed: scale(1455, 'rpm', 1),
    },
    synchronous: 1500,
    rise: 34,
    lag: 10 * minute,
    shifts: 0.2,
  },
  fan: {
    work: { by: 'impeller', head: 0 },
    medium: 'gas',
    scales: {
      temperature,
      vibration: scale(1.9, 'mm/s', 3),
      power: scale(4, 'kW', 3),
      flow: scale(5200, 'm³/h', 0),
      pressure: scale(0.024, 'bar', 4),
      speed: scale(1455, 'rpm', 1),
    },
    synchronous: 1500,
    rise: 30,
    lag: 8 * minute,
    shifts: 0.15,
  },
  press: {
    work: { by: 'displacement', idle: 0.3, gain: 0.7 },
    medium: 'liquid',
    scales: {
      temperature,
      vibration: scale(2.8, 'mm/s', 3),
      power: scale(22, 'kW', 3),
      flow: scale(85, 'l/min', 1),
      pressure: scale(160, 'bar', 2),
      speed: scale(1455, 'rpm', 1),
    },
    synchronous: 1500,
    rise: 38,
    lag: 10 * minute,
    shifts: 0.7,
  },
  compressor: {
    work: { by: 'displacement', idle: 1.04, gain: -0.04 },
    medium: 'gas',
    scales: {
      temperature,
      vibration: scale(3.1, 'mm/s', 3),
      power: scale(37, 'kW', 3),
      flow: scale(360, 'm³/h', 1),
      pressure: scale(7.5, 'bar', 3),
      speed: scale(2910, 'rpm', 1),
    },
    synchronous: 3000,
    rise: 36,
    lag: 6 * minute,
    shifts: 0.4,
  },
  motor: {
    work: { by: 'shaft' },
    scales: {
      temperature,
      vibration: scale(1.6, 'mm/s', 3),
      power: scale(7.5, 'kW', 3),
      speed: scale(1455, 'rpm', 1),
    },
    synchronous: 1500,
    rise: 36,
    lag: 12 * minute,
    shifts: 0.3,
  },
};

/** In the order in which they are listed everywhere. */
export function quantitiesOf(kind: Kind): Quantity[] {
  return quantities.filter((quantity) => makes[kind].scales[quantity]);
}
