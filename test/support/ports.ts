import { createServer, type Server } from 'node:net';

/**
 * Below what the system gives to connections that go out and to `listen(0)` (from 32768 on Linux, 49152 elsewhere):
 * a port from there is soon somebody else's, in the seconds that a server takes to start or is killed for.
 */
const [lowest, highest] = [20_000, 31_999];
const blockSize = 100;

/** Ports of this process alone: whoever listens on the first of a block has all of it. */
let block: Promise<Block> | undefined;

interface Block {
  next: number;
  readonly end: number;
}

/** Ports on loopback where nobody listens, each given once, and to no other process that asks here. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    block ??= claim();
    const claimed = block;
    const mine = await claimed;
    const port = mine.next++;
    if (port < mine.end) {
      if (await isFree(port)) ports.push(port);
    } else if (block === claimed) block = undefined;
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

async function claim(): Promise<Block> {
  const blocks = (highest + 1 - lowest) / blockSize;
  const from = Math.floor(Math.random() * blocks);
  for (let i = 0; i < blocks; i++) {
    const first = lowest + ((from + i) % blocks) * blockSize;
    const door = await listen(first);
    if (!door) continue;
    door.unref();
    return { next: first + 1, end: first + blockSize };
  }
  throw new Error(`No port between ${lowest} and ${highest} is free: does something listen on them all?`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  return server !== undefined;
}

/** @returns nothing where somebody listens already */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
