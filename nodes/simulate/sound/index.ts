export * from './conditions.js';
export { type Bearing, bearingOrders, type Geometry, geometryOf } from './geometry.js';
export { type Ailment, amountOf, type Drive } from './pace.js';
export { soundOf, type Voice, type Voices, vibrationOf, voicesOf } from './voice.js';
