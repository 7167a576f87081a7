import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What asks before anything of a server is reached. */
export interface Gate {
  /** `next` is called for who is let in; everybody else has been answered. */
  admit(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** The same for a request that leaves HTTP, as WebSockets do. */
  admitSocket(request: IncomingMessage, socket: Duplex, next: () => void): void;
}

const guarded = new WeakSet<Server>();

/**
 * Puts the gate before all that listens to a server. A middleware is not enough: Engine.IO takes its requests before Express sees them, and
 * WebSockets never get there. Listeners may come and go with every deploy, so it stands where events are handed to them.
 */
export function guardServer(server: Server, gate: Gate): void {
  if (guarded.has(server)) return;
  guarded.add(server);
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: readonly unknown[]) => boolean;
  server.emit = (event: string | symbol, ...args: readonly unknown[]): boolean => {
    const go = (): unknown => emit(event, ...args);
    const [request, other] = args as [IncomingMessage, ServerResponse | Duplex];
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        gate.admit(request, other as ServerResponse, go);
        return true;
      case 'upgrade':
      case 'connect':
        gate.admitSocket(request, other as Duplex, go);
        return true;
      default:
        return emit(event, ...args);
    }
  };
}
