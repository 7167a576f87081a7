import { type Static, Type } from 'typebox';
import { Time } from '../../kit/index.js';
import { conditions } from '../sound/conditions.js';
import { type Kind, makes, quantities } from './kinds.js';

const [, ...heard] = conditions;
/** What numbers show first: of the machine, and of one of its sensors. */
export const sensorFaults = ['drift', 'stuck', 'spike', 'sensor-loss'] as const;
export const faultKinds = ['leak', 'loose-coupling', ...sensorFaults] as const;
/** What is heard as well, as the network that hears machines calls it. */
export const heardFaults = heard;
export const everyFault = [...faultKinds, ...heardFaults] as const;
export type FaultKind = (typeof everyFault)[number];
export type HeardFault = (typeof heardFaults)[number];

/** A fault is data: the same ones give the same readings. It is in force after `since`, up to and with `until`. */
export const Fault = Type.Object({
  kind: Type.Enum(everyFault),
  /** Whose sensor it is; the machine's own faults have none. */
  quantity: Type.Optional(Type.Enum(quantities)),
  severity: Type.Number({ minimum: 0, maximum: 1 }),
  /** Severity that it starts from: not 0 where it takes over from a fault of its kind. */
  from: Type.Number({ minimum: 0, maximum: 1 }),
  since: Time,
  until: Type.Optional(Time),
  /** ms until it has its whole severity. */
  over: Type.Number({ minimum: 0 }),
});
export type Fault = Static<typeof Fault>;

const second = 1000;
const minute = 60 * second;

/** ms; sensors drift off slowly, screws work loose, a seal opens; a cable breaks at once. */
export const onsets: Readonly<Record<FaultKind, number>> = {
  ...(Object.fromEntries(heardFaults.map((kind) => [kind, 10 * second])) as Record<HeardFault, number>),
  leak: minute,
  'loose-coupling': 2 * minute,
  drift: 10 * minute,
  stuck: 0,
  spike: 0,
  'sensor-loss': 0,
  hum: 0,
  stall: 0,
  off: 0,
};

/** A motor moves nothing that could leak, and only a liquid can cavitate. */
export function faultsOf(kind: Kind): FaultKind[] {
  const { medium } = makes[kind];
  const flowing: readonly FaultKind[] = ['leak', 'valve-leak', 'flow-noise'];
  return everyFault.filter(
    (fault) => !(medium === undefined && flowing.includes(fault)) && (fault !== 'cavitation' || medium === 'liquid'),
  );
}

export function isSensorFault(kind: FaultKind): boolean {
  return (sensorFaults as readonly string[]).includes(kind);
}

export function inForce({ since, until }: { since: number; until?: number }, time: number): boolean {
  return since < time && (until === undefined || time <= until);
}

/** Severity that it has at that moment, 0 to 1; 0 when it is not in force. */
export function strength(fault: Fault, time: number): number {
  if (!inForce(fault, time)) return 0;
  const { since, over, from, severity } = fault;
  const grown = over === 0 ? 1 : Math.min(1, (time - since) / over);
  return from + (severity - from) * grown;
}
