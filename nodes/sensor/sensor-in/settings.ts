import { type Static, Type } from 'typebox';
import { DecoderSettings } from '../decode/contract.js';

export const SensorInConfig = Type.Object({
  ...DecoderSettings.properties,
  /** Empty: only the input wire. */
  broker: Type.Optional(Type.String()),
  /** Processes with the same group share the messages. */
  group: Type.String({ maxLength: 100, pattern: '^[^/+#\\0]*$', default: '' }),
  clientId: Type.String({ maxLength: 200, default: '' }),
  store: Type.Optional(Type.String()),
  bucket: Type.Optional(Type.String()),
  /** Messages that may be on their way between broker and store at once. */
  window: Type.Integer({ minimum: 1, maximum: 65_535, default: 20_000 }),
  windowMegabytes: Type.Number({ minimum: 1, maximum: 4096, default: 32 }),
  /** Messages per transaction. */
  groupCount: Type.Integer({ minimum: 1, maximum: 10_000, default: 2500 }),
  /** How long the first of a transaction waits for others. */
  groupMs: Type.Integer({ minimum: 1, maximum: 10_000, default: 20 }),
});
export type SensorInConfig = Static<typeof SensorInConfig>;

/** `msg.redrive`: all of the node's dead letters, or some of them by id. */
export const Redrive = Type.Object({
  redrive: Type.Union([Type.Boolean(), Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 10_000 })]),
});
