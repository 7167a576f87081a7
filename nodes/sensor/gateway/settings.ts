import { isAbsolute, join } from 'node:path';
import { type Static, Type } from 'typebox';

export const policies = ['oldest', 'newest', 'refuse'] as const;

export const GatewayConfig = Type.Object({
  broker: Type.Optional(Type.String()),
  /** What is published to. */
  topic: Type.String({ minLength: 1, maxLength: 1000, pattern: '^[^+#\\0]+$', default: 'percept/gateway' }),
  clientId: Type.String({ maxLength: 200, default: '' }),
  /** The outbox; relative to the user directory; empty: named after the node. */
  path: Type.String({ maxLength: 1000, default: '' }),

  /** Readings per fsync. */
  groupCount: Type.Integer({ minimum: 1, maximum: 10_000, default: 500 }),
  /** How long the first of an fsync waits for others, ms. */
  groupMs: Type.Integer({ minimum: 0, maximum: 60_000, default: 50 }),

  /** Readings per message to the broker. */
  batchCount: Type.Integer({ minimum: 1, maximum: 5_000, default: 500 }),
  /** How long the first of a message waits for others, s: fewer and larger messages for a link that is paid for. */
  batchSeconds: Type.Number({ minimum: 0, maximum: 86_400, default: 1 }),
  compression: Type.Enum(['gzip', 'none'], { default: 'gzip' }),
  /** Messages on their way to the broker at once. */
  window: Type.Integer({ minimum: 1, maximum: 100, default: 4 }),
  /** Readings wait while nobody subscribes to the topic; only MQTT 5 tells. */
  listener: Type.Boolean({ default: true }),
  /** Without an answer of the broker for so long the link counts as broken, s. */
  patience: Type.Number({ minimum: 1, maximum: 3600, default: 30 }),
  /** How often the clock of the far side is asked for, s; 0: never. */
  clockSeconds: Type.Number({ minimum: 0, maximum: 86_400, default: 300 }),

  maxReadings: Type.Integer({ minimum: 100, maximum: 1_000_000_000, default: 1_000_000 }),
  maxMegabytes: Type.Number({ minimum: 1, maximum: 1_000_000, default: 256 }),
  /** Which of the lowest priority goes when the outbox is full; or the new ones are refused, and none goes. */
  policy: Type.Enum(policies, { default: 'oldest' }),
  /** The first that fits counts; without one 5. What has the lowest goes first. */
  priorities: Type.Array(
    Type.Object({
      source: Type.String({ maxLength: 400, default: '*' }),
      priority: Type.Integer({ minimum: 0, maximum: 9 }),
    }),
    { maxItems: 100, default: [] },
  ),
});
export type GatewayConfig = Static<typeof GatewayConfig>;

/** `msg.control`: cuts the line to the broker, or joins it again. */
export const GatewayControl = Type.Object({
  control: Type.Union([Type.Literal('cut'), Type.Literal('join')]),
});

/** In the user directory: where what nobody chose a place for is kept. */
export const ourFolder = 'percept';

export function outboxPath({ path: chosen }: Pick<GatewayConfig, 'path'>, id: string, userDir: string): string {
  const path = chosen || join(ourFolder, `outbox-${id}.sqlite`);
  return isAbsolute(path) ? path : join(userDir, path);
}
