import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Reads all that a dead peer has sent. A broker that is killed resets its connections, and may not deliver again what it sent last;
 * a stream throws that away in two ways:
 * - It destroys itself when a write fails, the next PUBACK, and never reads what has arrived by then. Failed writes are kept from
 *   it; the end is found by reading.
 * - Destroyed by the reset, it forgets what it has read ahead and not handed on, as it does while the window is full. That is
 *   handed on last, in one go.
 *
 * @param stream the socket; of a websocket also what is read through it
 * @param failed called with what went wrong at the first write that failed
 */
export function readToTheEnd(stream: Duplex, failed: (error: Error) => void): void {
  stream.prependListener('close', () => {
    for (let rest: unknown = stream.read(); rest !== null; rest = stream.read()) stream.emit('data', rest);
  });
  if (!(stream instanceof Socket)) return;
  const [write, writev] = [stream._write.bind(stream), stream._writev?.bind(stream)];
  const quiet =
    (done: Done): Done =>
    (error) => {
      if (error) failed(error);
      done();
    };
  stream._write = (chunk, encoding, done) => write(chunk, encoding, quiet(done));
  if (writev) stream._writev = (chunks, done) => writev(chunks, quiet(done));
}

/** For the socket under a websocket. @param failed as above */
export function patientAgent(protocol: 'ws' | 'wss', failed: (error: Error) => void): Agent {
  const agent = protocol === 'wss' ? new SecureAgent() : new Agent();
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = create(...args);
    if (socket) readToTheEnd(socket, failed);
    return socket;
  };
  return agent;
}

type Done = (error?: Error | null) => void;
