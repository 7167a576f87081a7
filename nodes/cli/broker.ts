import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Aedes, PublishPacket } from 'aedes';
import { error } from './errors.js';
import { GroupedLevel } from './grouped-level.js';

export interface Broker {
  readonly port: number;
  /** Somebody has subscribed; what is published before that is nobody's. */
  readonly subscribed: Promise<void>;
  close(): Promise<void>;
}

/**
 * The embedded MQTT 3.1.1 broker (aedes), on loopback. What it has acknowledged lies on disk, so that killing the
 * process loses nothing; for power cuts and for MQTT 5 there are brokers such as Mosquitto.
 * @param preferred taken when it is free, else any free port
 */
export async function startBroker(folder: string, preferred: number): Promise<Broker> {
  const [{ Aedes }, { default: persistence }, { ClassicLevel }] = await Promise.all([
    import('aedes'),
    import('aedes-persistence-level'),
    import('classic-level'),
  ]).catch((cause: unknown) => {
    throw error('broker-missing', {}, { cause });
  });
  const level = new GroupedLevel(new ClassicLevel(join(folder, 'broker'), { valueEncoding: 'buffer' }));
  const aedes = await Aedes.createBroker({ persistence: persistence(level) });
  forwardInOrder(aedes);
  storeBeforeAcknowledging(aedes);
  updateInOrder((aedes as typeof aedes & { readonly persistence: Persistence }).persistence);
  const subscribed = new Promise<void>((resolve) => aedes.once('subscribe', () => resolve()));
  const server = createServer({ noDelay: true }, aedes.handle);
  const port = await listen(server, preferred);
  return {
    port,
    subscribed,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await level.close();
    },
  };
}

/**
 * aedes answers a QoS 1 message with its PUBACK first and stores it for its subscribers afterwards: a crash in between loses
 * what the publisher believes to be safe. So the message is published while aedes asks whether it may be, and not again.
 */
function storeBeforeAcknowledging(aedes: Aedes): void {
  // its declaration leaves out whom the message is from
  const { publish } = aedes;
  const authorize = aedes.authorizePublish.bind(aedes);
  const stored = new WeakSet<object>();
  aedes.authorizePublish = (client, packet, callback) => {
    authorize(client, packet, (refused) => {
      if (refused || packet.qos !== 1 || !client) return callback(refused);
      const done = (problem?: Error | null): void => {
        stored.add(packet);
        callback(problem ?? null);
      };
      Reflect.apply(publish, aedes, [packet, client, done]);
    });
  };
  aedes.publish = (packet: PublishPacket, ...rest: unknown[]): void => {
    const done = rest.at(-1);
    if (!stored.has(packet)) Reflect.apply(publish, aedes, [packet, ...rest]);
    else if (typeof done === 'function') done();
  };
}

/**
 * aedes numbers what is published and takes a message whose number is below the last one's for a repeat: it would not
 * forward it before the subscriber comes back. What is written to disk first (QoS 1, retained) is overtaken by what is
 * not; so each message is forwarded when all before it were, or have failed.
 */
function forwardInOrder(aedes: Aedes): void {
  const { publish } = aedes;
  // its declaration leaves these out
  const { mq } = aedes as Aedes & { readonly mq: Emitter };
  const emit = mq.emit.bind(mq);
  const underway = new Map<number, Turn>();
  let last: Promise<void> = Promise.resolve();
  let counter = 0;
  aedes.publish = (packet: PublishPacket, ...rest: unknown[]): void => {
    const brokerCounter = ++counter;
    const { promise, resolve } = Promise.withResolvers<void>();
    underway.set(brokerCounter, { before: last, done: resolve });
    last = promise;
    const given = rest.at(-1);
    const client = typeof rest[0] === 'object' ? rest[0] : null;
    const done = (problem?: Error | null): void => {
      resolve();
      underway.delete(brokerCounter);
      if (typeof given === 'function') given(problem);
    };
    Reflect.apply(publish, aedes, [{ ...packet, brokerId: aedes.id, brokerCounter }, client, done]);
  };
  mq.emit = (packet, done) => {
    const turn = underway.get(packet.brokerCounter);
    const forward = (): void => {
      emit(packet, done);
      turn?.done();
    };
    if (turn) void turn.before.then(forward);
    else forward();
    return mq;
  };
}

interface Turn {
  readonly before: Promise<void>;
  readonly done: () => void;
}

interface Emitter {
  emit(packet: { readonly brokerCounter: number }, done: () => void): Emitter;
}

type Write = (who: unknown, packet: unknown) => Promise<unknown>;

interface Persistence {
  outgoingUpdate: Write;
}

/** Writes to disk overtake each other; a subscriber gets a message when its write has ended. */
function updateInOrder(persistence: Persistence): void {
  persistence.outgoingUpdate = inTurn(persistence.outgoingUpdate.bind(persistence));
}

function inTurn(write: Write): Write {
  let last: Promise<unknown> = Promise.resolve();
  return (who, packet) => {
    const turn = Promise.all([write(who, packet), last]).then(([written]) => written);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function listen(server: Server, preferred: number): Promise<number> {
  const on = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await on(preferred).catch(() => on(0));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : preferred;
}
