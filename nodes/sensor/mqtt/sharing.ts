import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttConnection } from './connection.js';

const patience = 2000;

/**
 * Whether a 3.1.1 broker really deals out messages to shared subscriptions: some accept the `$share/…` filter and never
 * send anything to it. Only a trial tells. A broker that forbids the trial gets the benefit of the doubt.
 */
export async function sharesTopics(connection: MqttConnection): Promise<boolean> {
  const base = `percept/probe/${randomUUID()}`;
  const [shared, plain] = [`${base}/shared`, `${base}/plain`];
  const filters = [`$share/percept-probe/${shared}`, plain];
  const seen = connection.watch(`${base}/`);
  try {
    for (const filter of filters) await connection.subscribe(filter);
    await connection.publish(shared, '');
    await connection.publish(plain, '');
    const deadline = Date.now() + patience;
    while (!seen.topics.has(shared) && Date.now() < deadline) await sleep(20);
    return seen.topics.has(shared) || !seen.topics.has(plain);
  } finally {
    seen.end();
    for (const filter of filters) await connection.unsubscribe(filter).catch(() => undefined);
  }
}
