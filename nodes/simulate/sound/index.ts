export * from './conditions.js';
export { type Bearing, bearingOrders, type Geometry, geometryOf } from './geometry.js';
export { amountOf, type Drive } from './pace.js';
export { soundOf, type Voice, vibrationOf } from './voice.js';
