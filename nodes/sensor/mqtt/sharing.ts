import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttConnection } from './connection.js';

const patience = 2000;

/**
 * Whether a 3.1.1 broker really deals out messages to shared subscriptions: some accept the `$share/…` filter and never
 * send anything to it. Only a trial tells. A broker that forbids the trial gets the benefit of the doubt.
 */
export async function sharesTopics(connection: MqttConnection): Promise<boolean> {
  const topic = `percept/probe/${randomUUID()}`;
  const filters = [`$share/percept-probe/${topic}`, topic];
  const seen = connection.watch(topic);
  try {
    for (const filter of filters) await connection.subscribe(filter);
    await connection.publish(topic, '');
    const deadline = Date.now() + patience;
    while (seen.count < 2 && Date.now() < deadline) await sleep(20);
    return seen.count !== 1;
  } finally {
    seen.end();
    for (const filter of filters) await connection.unsubscribe(filter).catch(() => undefined);
  }
}
