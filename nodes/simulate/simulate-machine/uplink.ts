import type { BrokerSettings, NodeContext } from '../../kit/index.js';
import { Delivery } from '../publish/delivery.js';
import { type Outgoing, Publisher } from '../publish/publisher.js';
import type { Face } from './face.js';
import { reach, type SimulateMachineConfig } from './settings.js';
import type { Simulation } from './simulation.js';

/** Stretches of sound on their way to a slow broker. */
const mostWaiting = 4;

export interface Uplink {
  /** The last instant that the broker has answered for, UTC ms. */
  readonly position: number;
  wake(): void;
  /** Whether a message's properties reach whoever listens. */
  readonly properties: boolean;
  /** For what is of no use later: it goes now, or not at all. @returns whether it went */
  now(messages: readonly Outgoing[]): boolean;
  stop(): Promise<void>;
}

/**
 * @param published the last instant that an earlier life has published; undefined: there was none
 * @param begun where it begins then, as the wire does
 */
export async function uplink(
  context: NodeContext<SimulateMachineConfig>,
  simulation: Simulation,
  face: Face,
  published: number | undefined,
  begun: number,
): Promise<Uplink> {
  const { config, id, metrics, log, translate } = context;
  const { interval, broker } = config;
  const { settings } = await context.use<{ readonly settings: BrokerSettings }>(broker, 'percept-broker');

  const publisher = new Publisher(settings, `percept-simulate-${id}`, {
    connected: () => {
      face.fine();
      delivery.wake();
    },
    away: (error) => face.trouble(error),
    refused: (error) => {
      metrics.count('refused');
      face.trouble(error);
    },
  });
  const delivery = new Delivery(
    {
      interval,
      most: reach(config, published === undefined),
      after: published ?? begun,
    },
    publisher,
    (time) => {
      const messages = simulation.outgoing(time);
      metrics.count('published', messages.length);
      return messages;
    },
    {
      skipped: (instants) => {
        metrics.count('skipped', instants);
        log('warn', translate('simulate-machine.log.skipped', { n: instants }));
      },
      failed: (thrown) => context.fail(thrown),
    },
  );
  publisher.start();
  let waiting = 0;
  return {
    properties: settings.version === '5',
    now: (messages) => {
      if (!publisher.connected || waiting >= mostWaiting) return false;
      waiting++;
      publisher
        .publish(messages)
        // what a lost connection cut off is past
        .catch(() => metrics.count('unheard'))
        .finally(() => waiting--);
      return true;
    },
    get position() {
      return delivery.position;
    },
    wake: () => delivery.wake(),
    stop: async () => {
      delivery.stop();
      await publisher.stop();
    },
  };
}
