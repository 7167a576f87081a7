import type { Node } from 'node-red';
import { Type } from 'typebox';
import { type BrokerSettings, defineNode, type TlsSettings } from '../../kit/index.js';

/** What `percept-sensor-in` gets from `use`; each user opens a session of its own with it. */
export interface Broker {
  readonly settings: BrokerSettings;
}

/** Node-RED's own TLS configuration node. */
interface TlsConfig {
  addTLSOptions(options: object): TlsSettings;
}

export default defineNode({
  type: 'percept-broker',
  config: Type.Object({
    protocol: Type.Union([Type.Literal('mqtt'), Type.Literal('mqtts'), Type.Literal('ws'), Type.Literal('wss')], {
      default: 'mqtt',
    }),
    host: Type.String({ default: '127.0.0.1' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 1883 }),
    path: Type.String({ default: '/mqtt' }),
    mqttVersion: Type.Union([Type.Literal('4'), Type.Literal('5')], { default: '5' }),
    keepalive: Type.Integer({ minimum: 5, maximum: 65_535, default: 30 }),
    sessionHours: Type.Number({ minimum: 0, maximum: 1_193_046, default: 168 }),
    tls: Type.Optional(Type.String()),
  }),
  credentials: { user: { type: 'text' }, password: { type: 'password' } },
  start({ config, credentials, RED }) {
    const { protocol, host, port, path, mqttVersion, keepalive, sessionHours } = config;
    const tls = config.tls ? (RED.nodes.getNode(config.tls) as (Node & TlsConfig) | null) : null;
    const { user, password } = credentials;
    const settings: BrokerSettings = {
      protocol,
      host,
      port,
      path,
      version: mqttVersion,
      keepalive,
      sessionExpiry: Math.round(sessionHours * 3600),
      ...(user ? { username: user } : {}),
      ...(password ? { password } : {}),
      tls: tls?.addTLSOptions({}) ?? {},
    };
    return { api: { settings } satisfies Broker };
  },
});
