import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Puts the calling thread behind the event loop's where both want the same core. Linux gives each thread a priority of its
 * own and tells a thread its id; elsewhere nothing happens.
 */
export function stepBack(niceness: number = constants.priority.PRIORITY_BELOW_NORMAL): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // not Linux, or not allowed: then the threads are equals
  }
}
