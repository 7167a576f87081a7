import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

const last = constants.priority.PRIORITY_LOW;

/**
 * Puts the calling thread behind the event loop's where both want the same core: a process that was itself started with a
 * low priority has threads of a lower one still. Linux gives each thread a priority of its own and tells a thread its id;
 * elsewhere nothing happens.
 */
export function stepBack(by: number = constants.priority.PRIORITY_BELOW_NORMAL): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(last, getPriority(process.pid) + by));
  } catch {
    // not Linux, or not allowed: then the threads are equals
  }
}
