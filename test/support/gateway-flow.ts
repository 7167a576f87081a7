import type { FlowNode } from './node-red.ts';
import { ids } from './sensor-flow.ts';

export const gatewayIds = {
  tab: '0123456789abce00',
  broker: '0123456789abce01',
  gateway: '0123456789abce02',
  events: '0123456789abce03',
  letters: '0123456789abce04',
  done: '0123456789abce05',
  taken: '0123456789abce06',
  failed: '0123456789abce07',
  errors: '0123456789abce08',
} as const;

/** gateway, with probes: "events", "letters", "taken" (done without an error) and "errors" (done with one). */
export function gatewayFlow(
  port: number,
  {
    broker = {},
    gateway = {},
  }: { broker?: Readonly<Record<string, unknown>>; gateway?: Readonly<Record<string, unknown>> } = {},
): FlowNode[] {
  const { tab, ...of } = gatewayIds;
  const probe = (id: string, name: string): FlowNode => ({ id, type: 'test-probe', z: tab, name, wires: [] });
  return [
    { id: tab, type: 'tab', label: 'gateway' },
    { id: of.broker, type: 'percept-broker', name: '', host: '127.0.0.1', port: String(port), ...broker },
    {
      id: of.gateway,
      type: 'percept-gateway',
      z: tab,
      name: 'gateway',
      version: 1,
      broker: of.broker,
      topic: 'percept/gateway',
      groupMs: '10',
      batchSeconds: '0.05',
      patience: '3',
      path: 'outbox.sqlite',
      ...gateway,
      wires: [[of.events], [of.letters]],
    },
    { id: of.done, type: 'complete', z: tab, name: '', scope: [of.gateway], wires: [[of.taken]] },
    { id: of.failed, type: 'catch', z: tab, name: '', scope: [of.gateway], uncaught: false, wires: [[of.errors]] },
    probe(of.events, 'events'),
    probe(of.letters, 'letters'),
    probe(of.taken, 'taken'),
    probe(of.errors, 'errors'),
  ];
}

/** What sensor in needs to take in what a gateway sends: its topic. */
export const farSide = { topic: 'percept/#' } as const;

export interface GatewayReading {
  readonly source: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  readonly time: number;
}

/** Reading `n` of a stream: its value is its number. */
export function gatewayReading(n: number, began: number): GatewayReading {
  return { source: `plant/pump-${n % 5}`, quantity: 'temperature', value: n, unit: '°C', time: began + n };
}

export function gatewayReadings(from: number, count: number, began: number): GatewayReading[] {
  return Array.from({ length: count }, (_, i) => gatewayReading(from + i, began));
}

/** Values at the far side, in the order in which they were stored. */
export const storedOrder = `select value from reading order by id`;
export const farStore = ids.store;
