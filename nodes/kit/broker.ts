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

/** What every connection to it begins with. */
export function connectionOptions(broker: BrokerSettings, clientId: string): IClientOptions {
  const { protocol, host, port, path, version, keepalive, username, password, tls } = broker;
  return {
    protocol,
    host,
    hostname: host,
    port,
    ...(protocol.startsWith('ws') ? { path } : {}),
    protocolVersion: version === '5' ? 5 : 4,
    clientId,
    keepalive,
    connectTimeout: 15_000,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(protocol === 'mqtts' || protocol === 'wss' ? tls : {}),
  };
}
