import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { IClientOptions } from 'mqtt';

export type BrokerProtocol = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export interface BrokerSettings {
  readonly protocol: BrokerProtocol;
  readonly host: string;
  readonly port: number;
  /** Of the websocket. */
  readonly path: string;
  /** '4' is MQTT 3.1.1. */
  readonly version: '4' | '5';
  /** s */
  readonly keepalive: number;
  /** How long the broker keeps messages for us while we are away, s; MQTT 5 only, elsewhere the broker decides. */
  readonly sessionExpiry: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: TlsSettings;
}

/** PEM texts. */
export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly ALPNProtocols?: string[];
  readonly rejectUnauthorized?: boolean;
}

/** For people and logs: no user, no password. */
export function brokerLabel({ protocol, host, port, path }: BrokerSettings): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${protocol}://${shown}:${port}${protocol.startsWith('ws') ? path : ''}`;
}

/**
 * The same after a restart, so that the broker keeps the session. In a group every process needs its own: there it also
 * depends on the machine and the user directory.
 */
export function stableClientId(node: string, group: string, userDir: string): string {
  if (group === '') return `percept-${node}`;
  const place = createHash('sha256').update(`${hostname()}\0${userDir}`).digest('hex').slice(0, 8);
  return `percept-${node}-${place}`;
}

export function clientOptions(broker: BrokerSettings, clientId: string, window: number): IClientOptions {
  const secure = broker.protocol === 'mqtts' || broker.protocol === 'wss';
  const version5 = broker.version === '5';
  return {
    protocol: broker.protocol,
    host: broker.host,
    hostname: broker.host,
    port: broker.port,
    ...(broker.protocol.startsWith('ws') ? { path: broker.path } : {}),
    protocolVersion: version5 ? 5 : 4,
    clientId,
    clean: false,
    keepalive: broker.keepalive,
    connectTimeout: 15_000,
    ...(broker.username ? { username: broker.username } : {}),
    ...(broker.password ? { password: broker.password } : {}),
    ...(secure ? broker.tls : {}),
    ...(version5
      ? { properties: { sessionExpiryInterval: broker.sessionExpiry, receiveMaximum: Math.min(window, 65_535) } }
      : {}),
  };
}
