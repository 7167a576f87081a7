import { DatabaseSync } from 'node:sqlite';
import mqtt, { type MqttClient } from 'mqtt';
import type { FlowNode, NodeRed } from './node-red.ts';

export const ids = {
  store: '0123456789abcd01',
  broker: '0123456789abcd02',
  sensor: '0123456789abcd03',
  stored: '0123456789abcd04',
  rejected: '0123456789abcd05',
  bucket: '0123456789abcd06',
  tls: '0123456789abcd07',
} as const;

export interface SensorFlow {
  readonly store?: Readonly<Record<string, unknown>>;
  /** Without it the node has an input wire only. */
  readonly broker?: Readonly<Record<string, unknown>>;
  readonly sensor?: Readonly<Record<string, unknown>>;
  readonly more?: readonly FlowNode[];
}

/** sensor in, with a probe on each output: "stored" and "rejected". */
export function sensorFlow({ store, broker, sensor, more = [] }: SensorFlow): FlowNode[] {
  const tab = { id: '0123456789abcd00', type: 'tab', label: 'test' };
  return [
    tab,
    { id: ids.store, type: 'percept-store', name: '', url: 'test.sqlite', ...store },
    ...(broker ? [{ id: ids.broker, type: 'percept-broker', name: '', host: '127.0.0.1', ...broker }] : []),
    {
      id: ids.sensor,
      type: 'percept-sensor-in',
      z: tab.id,
      name: 'sensor',
      version: 1,
      topic: 'site/+machine/+quantity',
      format: 'json',
      store: ids.store,
      broker: broker ? ids.broker : '',
      ...sensor,
      wires: [[ids.stored], [ids.rejected]],
    },
    { id: ids.stored, type: 'test-probe', z: tab.id, name: 'stored', wires: [] },
    { id: ids.rejected, type: 'test-probe', z: tab.id, name: 'rejected', wires: [] },
    ...more,
  ];
}

/** Publishes at QoS 1; resolves when the broker has acknowledged all. */
export async function publishAll(
  client: MqttClient,
  topic: string,
  payloads: readonly (string | Buffer)[],
): Promise<void> {
  await Promise.all(payloads.map((payload) => client.publishAsync(topic, payload, { qos: 1 })));
}

export async function publisher(url: string, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  return await mqtt.connectAsync(url, { protocolVersion: 5, ...options });
}

/** Reads the SQLite store of a Node-RED from outside. */
export function query<Row>(nodeRed: NodeRed, sql: string): Row[] {
  const db = new DatabaseSync(`${nodeRed.userDir}/test.sqlite`, { readOnly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

export function count(nodeRed: NodeRed, table: string): number {
  return query<{ n: number }>(nodeRed, `select count(*) as n from ${table}`)[0]?.n ?? 0;
}
