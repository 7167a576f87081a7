/** What a machine can be in, in the order of the classes of the network that hears them. */
export const conditions = [
  'normal',
  'imbalance',
  'misalignment',
  'looseness',
  'bearing-outer',
  'bearing-inner',
  'bearing-ball',
  'bearing-cage',
  'gear-mesh',
  'gear-tooth',
  'cavitation',
  'flow-noise',
  'belt-slip',
  'hum',
  'rub',
  'valve-leak',
  'stall',
  'off',
] as const;
export type Condition = (typeof conditions)[number];
