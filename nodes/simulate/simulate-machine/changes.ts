import type { Fault } from '../machine/fault.js';

/** Of a fault, as somebody who trains others notes it down. */
export interface Change {
  readonly event: 'started' | 'changed' | 'ended';
  readonly fault: Fault;
}

/** What lies between two looks at the faults that last. */
export function changes(before: readonly Fault[], after: readonly Fault[]): Change[] {
  const same = (one: Fault) => (other: Fault) => one.kind === other.kind && one.quantity === other.quantity;
  const ended = before.filter((fault) => !after.some(same(fault)));
  const others = after.flatMap((fault): Change[] => {
    const known = before.find(same(fault));
    if (!known) return [{ event: 'started', fault }];
    return known.since === fault.since && known.severity === fault.severity ? [] : [{ event: 'changed', fault }];
  });
  return [...ended.map((fault): Change => ({ event: 'ended', fault })), ...others];
}
