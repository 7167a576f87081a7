import { join } from 'node:path';
import type { FlowNode } from './node-red.ts';

/** For `NodeRedOptions.packages`: the node `test-insert`. */
export const peerPackages = { 'node-red-percept-peer': join(import.meta.dirname, 'peer') };

/**
 * Node-RED's own way: mqtt in (QoS 1, lasting session) -> json -> function -> one INSERT per message.
 * @param connections of the pool; with more than one, rows are stored out of order
 * @param url path of an SQLite file, or a PostgreSQL URL with one host
 */
export function peerFlow(port: number, url: string, connections = 10): FlowNode[] {
  const tab = { id: 'fedcba9876543200', type: 'tab', label: 'peer' };
  const id = (n: number): string => `fedcba987654320${n}`;
  return [
    tab,
    {
      ...{ id: id(1), type: 'mqtt-broker', name: '', broker: '127.0.0.1', port: String(port), clientid: 'peer' },
      ...{ autoConnect: true, usetls: false, protocolVersion: '5', keepalive: '60', cleansession: false },
      ...{ autoUnsubscribe: false, sessionExpiry: '3600' },
    },
    {
      ...{ id: id(2), type: 'mqtt in', z: tab.id, name: '', topic: 'bench/#', qos: '1', datatype: 'utf8' },
      ...{ broker: id(1), nl: false, rap: true, rh: 0, inputs: 0, wires: [[id(3)]] },
    },
    { id: id(3), type: 'json', z: tab.id, name: '', property: 'payload', action: '', pretty: false, wires: [[id(4)]] },
    {
      ...{ id: id(4), type: 'function', z: tab.id, name: '', outputs: 1, noerr: 0, libs: [], wires: [[id(5)]] },
      ...{ initialize: '', finalize: '', timeout: 0 },
      func: 'const { n, value, time } = msg.payload; msg.params = [n, value, time, msg.topic]; return msg;',
    },
    { id: id(5), type: 'test-insert', z: tab.id, name: '', url, connections, wires: [[]] },
  ];
}
