import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { error } from './errors.js';

export interface Broker {
  readonly port: number;
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
  const level = new ClassicLevel<string, unknown>(join(folder, 'broker'), { valueEncoding: 'json' });
  const aedes = await Aedes.createBroker({ persistence: persistence(level) });
  const server = createServer(aedes.handle);
  const port = await listen(server, preferred);
  return {
    port,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await level.close();
    },
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
