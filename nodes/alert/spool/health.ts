import type { Channel } from '../channels/channel.js';
import type { Db, SpoolRows } from './rows.js';

/** How a channel does. */
export interface ChannelHealth {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** Notices of this node that it has not taken yet. */
  readonly waiting: number;
  /** ms UTC */
  readonly lastDelivered?: number;
  readonly lastError?: string;
  readonly lastErrorAt?: number;
}

/** As far back as the spool remembers. */
export async function healthOf(db: Db, rows: SpoolRows, channels: readonly Channel[]): Promise<ChannelHealth[]> {
  const waiting = await rows.waitingByChannel(db);
  return await Promise.all(
    channels.map(async ({ id, name, kind }) => {
      const delivered = await rows.newestOf(db, id, 'delivered');
      const failed = await rows.newestOf(db, id, 'error');
      return {
        ...{ id, name, kind, waiting: waiting.get(id) ?? 0 },
        ...(delivered ? { lastDelivered: delivered.changed_at } : {}),
        ...(failed ? { lastError: failed.error, lastErrorAt: failed.changed_at } : {}),
      };
    }),
  );
}
