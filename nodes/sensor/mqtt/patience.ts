import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Reads what a dead peer has sent although nothing can be written to it any more. A socket destroys itself when a write fails,
 * and what had arrived by then is never read: a broker that is killed resets its connections, so that the next PUBACK
 * would cost the messages which it sent last and, having sent them, may not deliver again. The end is then found by reading.
 * Websockets have a socket of their own that is not reached here.
 *
 * @param failed called with what went wrong at the first write that failed
 */
export function readToTheEnd(stream: Duplex, failed: (error: Error) => void): void {
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

type Done = (error?: Error | null) => void;
