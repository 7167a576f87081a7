import { join } from 'node:path';
import mqtt from 'mqtt';
import { Mosquitto } from '../servers/mosquitto.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { type FlowNode, NodeRed } from '../support/node-red.ts';
import { peerFlow, peerPackages } from '../support/peer-flow.ts';
import { queryAny, queryFile } from '../support/query.ts';
import { ids, sensorFlow } from '../support/sensor-flow.ts';
import { Stream } from '../support/stream.ts';
import { atLeast, until } from '../support/until.ts';
import type { BenchOptions, Report } from './run.ts';

export const about =
  'msg/s over MQTT into SQLite and PostgreSQL, beside mqtt in -> insert on the same broker; p99 at 1,000 msg/s';

type Database = 'sqlite' | 'postgres';

/** A flow that takes a backlog in, and how to count what it has stored. */
interface Side {
  readonly flow: readonly FlowNode[];
  readonly clientId: string;
  readonly count: (nodeRed: NodeRed) => Promise<number>;
}

interface Drained {
  /** msg/s */
  readonly rate: number;
  /** msg per second of CPU, of Node-RED with all its threads */
  readonly perCore: number;
}

export default async function ingest(report: Report, { smoke, flags }: BenchOptions): Promise<void> {
  const messages = smoke ? 500 : Number(flags['messages'] ?? 100_000);
  const peerMessages = smoke ? 100 : Number(flags['peer-messages'] ?? 12_000);
  const seconds = smoke ? 0.1 : Number(flags['seconds'] ?? 15);
  const databases: Database[] = smoke ? ['sqlite'] : ['sqlite', 'postgres'];
  const postgres = databases.includes('postgres') ? await startPostgres({ fsync: true }) : undefined;
  try {
    for (const database of databases) {
      const peer = await drain(await peerSide(database, postgres), peerMessages);
      const ours = await drain(await perceptSide(database, postgres), messages);
      report(`rate.${database}`, Math.round(ours.rate), 'msg/s');
      report(`peer.${database}`, Math.round(peer.rate), 'msg/s');
      report(`ratio.${database}`, ours.rate / peer.rate, 'x');
      if (database === 'postgres') {
        const ordered = await drain(await peerSide(database, postgres, 1), peerMessages);
        report('peer-in-order.postgres', Math.round(ordered.rate), 'msg/s');
        report('ratio-in-order.postgres', ours.rate / ordered.rate, 'x');
      }
      report(`per-core.${database}`, Math.round(ours.perCore), 'msg/s');
      report(`peer-per-core.${database}`, Math.round(peer.perCore), 'msg/s');
      report(`p99.${database}`, await latency(database, postgres, seconds, smoke ? 0.1 : 1), 'ms');
    }
  } finally {
    await postgres?.stop();
  }
}

/** @param connections with one the rows keep their order, as ours do; a pool of ten mixes them up */
async function peerSide(
  database: Database,
  postgres: PostgresServer | undefined,
  connections = 10,
): Promise<(port: number) => Side> {
  const url = postgres && database === 'postgres' ? await postgres.database() : 'peer.sqlite';
  const sql = 'select count(*) as total from peer';
  return (port) => ({ flow: peerFlow(port, url, connections), clientId: 'peer', count: counter(url, sql) });
}

async function perceptSide(database: Database, postgres: PostgresServer | undefined): Promise<(port: number) => Side> {
  const url = postgres && database === 'postgres' ? await postgres.database() : 'test.sqlite';
  const sql = 'select count(*) as total from reading';
  return (port) => ({ flow: percept(port, url), clientId: `percept-${ids.sensor}`, count: counter(url, sql) });
}

function percept(port: number, url: string): FlowNode[] {
  const sensor = { topic: 'bench/+machine/+quantity', value: 'value', source: '{machine}', quantity: '{quantity}' };
  const flow = sensorFlow({ store: { url }, broker: { port: String(port) }, sensor });
  return flow.filter(({ type }) => type !== 'test-probe');
}

function counter(url: string, sql: string): Side['count'] {
  return async ({ userDir }) => {
    const row = url.startsWith('postgres') ? await queryAny(url, sql) : queryFile(join(userDir, url), sql);
    return Number(row?.['total']);
  };
}

/** A backlog that waits at the broker, taken in by a Node-RED that does nothing else. */
async function drain(make: (port: number) => Side, messages: number): Promise<Drained> {
  await using broker = await Mosquitto.start();
  const { flow, clientId, count } = make(broker.port);
  await subscribe(broker.port, clientId);
  {
    await using stream = await Stream.open(broker.port);
    await stream.send(messages);
  }
  await using nodeRed = await NodeRed.start({ flow, packages: peerPackages });
  const from = await until(() => count(nodeRed), { ms: 20_000, what: 'the backlog to move' });
  const [began, cpu] = [performance.now(), cpuSeconds(nodeRed.pid)];
  // looking costs the database something: seldom, then
  const all = async (): Promise<boolean> => (await count(nodeRed)) >= messages;
  await until(all, { ms: 600_000, pause: 100, what: `all ${messages} to be stored` });
  const stored = messages - from;
  // a peer that inserts while it starts lets nobody look before it is through; a smoke run looks at no figure
  if (messages >= 10_000 && stored < messages / 10)
    throw new Error(`${from} of ${messages} were in before the clock ran: more, please`);
  return {
    rate: (1000 * stored) / (performance.now() - began),
    perCore: stored / (cpuSeconds(nodeRed.pid) - cpu),
  };
}

/** The session that Node-RED will take up, so that the broker keeps messages for it already. */
async function subscribe(port: number, clientId: string): Promise<void> {
  const properties = { sessionExpiryInterval: 3600 };
  const client = await mqtt.connectAsync({ port, clientId, clean: false, protocolVersion: 5, properties });
  await client.subscribeAsync('bench/#', { qos: 1 });
  await client.endAsync();
}

/**
 * p99 from arrival at Node-RED to the outgoing message in the next node, at 1,000 msg/s.
 * @param warmUp s that are not counted
 */
async function latency(
  database: Database,
  postgres: PostgresServer | undefined,
  seconds: number,
  warmUp: number,
): Promise<number> {
  await using broker = await Mosquitto.start();
  const stopwatch = '0123456789abcd20';
  const probe = '0123456789abcd21';
  const side = (await perceptSide(database, postgres))(broker.port);
  const flow = side.flow.map((node) => (node.id === ids.sensor ? { ...node, wires: [[stopwatch], []] } : node));
  const z = flow[0]?.id;
  const func = 'return { payload: Date.now() - msg.reading.receivedAt };';
  await using nodeRed = await NodeRed.start({
    flow: [
      ...flow,
      { id: stopwatch, type: 'function', z, name: '', func, outputs: 1, libs: [], wires: [[probe]] },
      { id: probe, type: 'test-probe', z, name: 'latency', wires: [] },
    ],
  });
  await using stream = await Stream.open(broker.port);
  await until(() => nodeRed.status(ids.sensor)?.text === 'connected', { what: 'sensor in to connect' });
  await stream.send(1000 * warmUp, 1000);
  await stream.send(Math.round(1000 * seconds), 1000);
  const all = await atLeast(stream.sent, () => nodeRed.messages('latency'), { what: 'the last message' });
  const times = all
    .slice(1000 * warmUp)
    .map(({ payload }) => Number(payload))
    .sort((a, b) => a - b);
  return times[Math.floor(0.99 * times.length)] ?? 0;
}
