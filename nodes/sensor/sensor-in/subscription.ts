import type { NodeContext } from '../../kit/index.js';
import { answerTo, isClockMessage } from '../decode/clock-wire.js';
import { topicPattern } from '../decode/topic.js';
import type { Ingest } from '../ingest/ingest.js';
import type { Outcome } from '../ingest/item.js';
import { stableClientId } from '../mqtt/options.js';
import { MqttSession } from '../mqtt/session.js';
import type { Broker } from '../percept-broker/percept-broker.js';
import type { Health } from './health.js';
import type { SensorInConfig } from './settings.js';

/** By client id, over a redeploy: the broker keeps subscriptions that nobody takes back. */
const subscribed = new Map<string, string>();

export interface Subscription {
  stop(removed: boolean): Promise<void>;
}

/** Messages of the broker into `ingest`, acknowledged when they are safe. */
export async function subscribe(
  context: NodeContext<SensorInConfig>,
  ingest: Ingest,
  health: Health,
  took: (outcome: Outcome) => void,
): Promise<Subscription> {
  const { config, id, RED } = context;
  const { settings } = await context.use<Broker>(config.broker, 'percept-broker');
  const { group, topic, window: messages, windowMegabytes } = config;
  const clientId = config.clientId || stableClientId(id, group, String(RED.settings.userDir ?? ''));
  const { filter } = topicPattern(topic);
  const whole = group === '' ? filter : `$share/${group}/${filter}`;
  const former = subscribed.get(clientId);

  const session = new MqttSession(
    {
      broker: settings,
      clientId,
      filter,
      formerFilter: former === whole ? undefined : former,
      group,
      window: { messages, bytes: windowMegabytes * 1024 * 1024 },
    },
    {
      arrived: (arrival, comesAgain, safe) => {
        if (isClockMessage(arrival.payload)) {
          const answer = answerTo(arrival.payload, arrival.receivedAt);
          if (answer) session.send(answer.topic, answer.text);
          safe();
          return;
        }
        ingest.take(arrival, { comesAgain }, (outcome) => {
          // without an outcome the node is closing: the broker keeps the message
          if (!outcome) return;
          took(outcome);
          safe();
        });
      },
      connecting: () => health.connecting(),
      connected: () => {
        subscribed.set(clientId, whole);
        health.connected();
      },
      failed: (error) => health.trouble('broker', error),
    },
  );
  session.start();
  return {
    async stop(removed) {
      if (removed) subscribed.delete(clientId);
      await session.stop(removed);
    },
  };
}
