import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { IClientOptions } from 'mqtt';
import { type BrokerSettings, connectionOptions } from '../../kit/index.js';

/**
 * The same after a restart, so that the broker keeps the session. In a group every process needs its own: there it also
 * depends on the machine and the user directory.
 */
export function stableClientId(node: string, group: string, userDir: string): string {
  if (group === '') return `percept-${node}`;
  const place = createHash('sha256').update(`${hostname()}\0${userDir}`).digest('hex').slice(0, 8);
  return `percept-${node}-${place}`;
}

/** For a session that lasts. @param window messages that the broker may have on their way to us */
export function clientOptions(broker: BrokerSettings, clientId: string, window: number): IClientOptions {
  const { version, sessionExpiry } = broker;
  return {
    ...connectionOptions(broker, clientId),
    clean: false,
    ...(version === '5'
      ? { properties: { sessionExpiryInterval: sessionExpiry, receiveMaximum: Math.min(window, 65_535) } }
      : {}),
  };
}
