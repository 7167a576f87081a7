import { type Static, Type } from 'typebox';
import { type Message, messageReader } from '../../kit/index.js';
import { begin, type Exercise, lasting, mend, set } from '../machine/exercise.js';
import { type Fault, type FaultKind, faultsOf, isSensorFault, onsets } from '../machine/fault.js';
import { type Kind, makes, type Quantity } from '../machine/kinds.js';
import { simulateError } from './errors.js';
import { quantityOf } from './settings.js';

/** `msg.payload`: what somebody wants of the machine. */
const Command = Type.Object({
  fault: Type.Optional(Type.String({ maxLength: 100 })),
  severity: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Whose sensor it is; by default the first. */
  quantity: Type.Optional(Type.String({ maxLength: 100 })),
  /** s until it is there as a whole. */
  over: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400 })),
  /** s after which it ends by itself. */
  for: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 604_800 })),
  clear: Type.Optional(Type.Boolean()),
  /** Share of full load; null gives it back to the day's pattern. */
  load: Type.Optional(Type.Union([Type.Number({ minimum: 0, maximum: 1.1 }), Type.Null()])),
  /** rpm of the field; null gives it back to the mains. */
  speed: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
  run: Type.Optional(Type.Boolean()),
  /** dB of the room under its own sound at full load; null gives it back to the setting. */
  noise: Type.Optional(Type.Union([Type.Number({ minimum: -80, maximum: 20 }), Type.Null()])),
});
export type Command = Static<typeof Command>;

const readMessage = messageReader(Type.Object({ payload: Command }));
const fields = Object.keys(Command.properties);
/** Fields that do something by themselves. */
const verbs = ['fault', 'severity', 'clear', 'load', 'speed', 'run', 'noise'] as const;
const fastest = 1.2;

/** What the machine is asked to do, and how severe the next fault is if it does not say. */
export interface Wishes {
  readonly exercise: Exercise;
  readonly severity: number;
}

export interface Subject {
  readonly kind: Kind;
  readonly quantities: readonly Quantity[];
}

/**
 * An object of fields; or, as a dashboard's widgets send them, a fault's name alone, or one field's value with its name as topic.
 * @throws PerceptError `message-invalid`, `simulate-command`
 */
export function commandOf(msg: Message): Command {
  const { payload } = readMessage({ payload: given(msg) });
  if (verbs.every((verb) => payload[verb] === undefined)) throw simulateError('simulate-command', {});
  return payload;
}

function given({ payload, topic }: Message): object {
  const verb = verbs.find((one) => one === topic);
  const all = typeof payload === 'object' && payload !== null ? payload : { [verb ?? unnamed(payload)]: payload };
  const known = fields.filter((field) => field in all).map((field) => [field, Reflect.get(all, field) as unknown]);
  // a drop-down with nothing chosen means: no fault
  return Object.fromEntries(
    known.map(([field, value]) => [field, field === 'fault' && value === null ? 'none' : value]),
  );
}

function unnamed(payload: unknown): string {
  return typeof payload === 'string' ? 'fault' : '';
}

/**
 * What becomes of an exercise by a command at `now`.
 * @throws PerceptError `simulate-fault`, `simulate-quantity`, `simulate-speed`: then nothing has changed
 */
export function obey(wishes: Wishes, command: Command, { kind, quantities }: Subject, now: number): Wishes {
  let { exercise } = wishes;
  const severity = command.severity ?? wishes.severity;
  const name = command.fault
    ?.trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const none = name === 'none' || name === 'normal' || name === '';

  if (command.clear || none) exercise = mend(exercise, now);
  if (command.load !== undefined) exercise = set(exercise, 'load', command.load ?? undefined, now);
  if (command.speed !== undefined) exercise = set(exercise, 'speed', speedOf(kind, command.speed), now);
  if (command.noise !== undefined) exercise = set(exercise, 'noise', command.noise ?? undefined, now);
  if (command.run !== undefined) exercise = set(exercise, 'run', command.run ? undefined : 0, now);
  if (name !== undefined && !none) {
    const faulty = faultKindOf(kind, name);
    exercise = begin(exercise, {
      kind: faulty,
      ...(isSensorFault(faulty) ? { quantity: sensorOf(kind, quantities, command.quantity) } : {}),
      severity: command.severity ?? (wholly(faulty) ? 1 : severity),
      from: 0,
      since: now,
      ...(command.for === undefined ? {} : { until: now + command.for * 1000 }),
      over: command.over === undefined ? onsets[faulty] : command.over * 1000,
    });
  } else if (command.severity !== undefined) {
    for (const fault of lasting(exercise, now)) exercise = begin(exercise, { ...fault, severity, since: now });
  }
  return { exercise, severity };
}

/** Without what this machine cannot have, for what was remembered of another kind. */
export function fitting(exercise: Exercise, { kind, quantities }: Subject): Exercise {
  const known = faultsOf(kind);
  const fits = ({ kind: fault, quantity }: Fault): boolean =>
    known.includes(fault) && (quantity === undefined || quantities.includes(quantity));
  return { ...exercise, faults: exercise.faults.filter(fits) };
}

function faultKindOf(kind: Kind, name: string): FaultKind {
  const known = faultsOf(kind);
  const fault = known.find((one) => one === name);
  if (!fault) throw simulateError('simulate-fault', { kind, fault: name, known: known.join(', ') });
  return fault;
}

/** These are there or not, unless somebody says how much. */
function wholly(fault: FaultKind): boolean {
  return fault === 'stuck' || fault === 'sensor-loss' || fault === 'off';
}

function sensorOf(kind: Kind, quantities: readonly Quantity[], name: string | undefined): Quantity {
  const chosen = name || quantities[0] || '';
  const quantity = quantityOf(kind, chosen);
  if (quantities.includes(quantity)) return quantity;
  throw simulateError('simulate-quantity', { kind, quantity, known: quantities.join(', ') });
}

function speedOf(kind: Kind, speed: number | null): number | undefined {
  const most = fastest * makes[kind].synchronous;
  if (speed !== null && speed > most) throw simulateError('simulate-speed', { kind, speed, most });
  return speed ?? undefined;
}
