import { once } from 'node:events';
import type { NodeAPI } from 'node-red';

/** Resolves when all nodes of the flows have been made, or when this one ends before. */
export async function started(RED: NodeAPI, signal: AbortSignal): Promise<void> {
  await once(RED.events, 'flows:started', { signal }).catch(() => undefined);
}
