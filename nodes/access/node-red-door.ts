import type { Server } from 'node:http';

/** What `lock()` leaves in Node-RED's settings for our plugin, which alone gets to see the server. */
export interface NodeRedDoor {
  /** Puts the door before everything that this server does. */
  guard(server: Server): void;
}
