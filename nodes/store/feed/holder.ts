import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where process ids mean the same: this start of this machine, and on Linux this container. */
const place = placeOfPids();
/** Tells this process from an earlier one of the same id. */
const life = randomUUID();
let holders = 0;

function placeOfPids(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname().replaceAll(' ', '-');
  }
}

/** A name for one who may hold a lease: different for every call. */
export function newHolder(): string {
  return `${place} ${process.pid} ${life} ${++holders}`;
}

/** Whether the process behind this name has certainly ended: nobody need wait for its lease. */
export function isGone(holder: string): boolean {
  const [where, pid, itsLife] = holder.split(' ');
  if (where !== place || itsLife === life) return false;
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
