import { type Static, Type } from 'typebox';
import { kinds, type Quantity, quantitiesOf } from '../machine/kinds.js';
import type { MachineSpec } from '../machine/machine.js';
import { simulateError } from './errors.js';

export const SimulateMachineConfig = Type.Object({
  /** Its name in topics and readings. */
  machine: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^+#\\0]+$', default: 'pump-1' }),
  kind: Type.Enum(kinds, { default: 'pump' }),
  seed: Type.Integer({ default: 1 }),
  /** ms between readings. */
  interval: Type.Integer({ minimum: 100, maximum: 3_600_000, default: 1000 }),
  /** With commas between; empty: all that its kind has. */
  quantities: Type.String({ maxLength: 200, default: '' }),
  topic: Type.String({ minLength: 1, maxLength: 500, pattern: '^[^+#\\0]+$', default: 'plant/{machine}/{quantity}' }),
  /** Empty: only the output wire. */
  broker: Type.Optional(Type.String()),
  /** Minutes that come afterwards at most when the broker or this machine was away. */
  catchUp: Type.Number({ minimum: 0, maximum: 1440, default: 60 }),
  /** Minutes of the time before it that the very first start begins with. */
  backlog: Type.Number({ minimum: 0, maximum: 1440, default: 0 }),
  /** How strongly shifts drive it; empty: as its kind. */
  shifts: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Hours by which the plant's clock is ahead of UTC. */
  utcOffset: Type.Number({ minimum: -12, maximum: 14, default: 0 }),
  /** Whether a microphone and an accelerometer are there. */
  sound: Type.Boolean({ default: false }),
  waveform: Type.Boolean({ default: false }),
  soundTopic: Type.String({
    minLength: 1,
    maxLength: 500,
    pattern: '^[^+#\\0]+$',
    default: 'sound/{machine}/{quantity}',
  }),
  /** Hz */
  sampleRate: Type.Integer({ minimum: 8000, maximum: 96_000, default: 16_000 }),
  /** Seconds in a message. */
  stretch: Type.Number({ minimum: 0.2, maximum: 10, default: 1 }),
  /** dB of the room under the machine's own level at full load. */
  noise: Type.Number({ minimum: -80, maximum: 20, default: -30 }),
});
export type SimulateMachineConfig = Static<typeof SimulateMachineConfig>;

/** Instants that are caught up on at most, however short the interval. */
const longest = 20_000;

/** How many instants are made up for; a stall of a minute whatever is set. @param first it never ran before */
export function reach({ interval, catchUp, backlog }: SimulateMachineConfig, first: boolean): number {
  const minutes = Math.max(1, catchUp, first ? backlog : 0);
  return Math.max(1, Math.min(longest, Math.floor((minutes * 60_000) / interval)));
}

export function specOf({ machine, kind, shifts, utcOffset }: SimulateMachineConfig): MachineSpec {
  return { name: machine, kind, utcOffset, ...(shifts === undefined ? {} : { shifts }) };
}

/** @throws PerceptError `simulate-quantity` */
export function chosenQuantities({ kind, quantities }: SimulateMachineConfig): Quantity[] {
  const known = quantitiesOf(kind);
  const names = quantities.split(',').map((name) => name.trim());
  const chosen = names.filter((name) => name !== '').map((name) => quantityOf(kind, name));
  return chosen.length === 0 ? known : known.filter((quantity) => chosen.includes(quantity));
}

/** @throws PerceptError `simulate-quantity` */
export function quantityOf(kind: SimulateMachineConfig['kind'], name: string): Quantity {
  const known = quantitiesOf(kind);
  const quantity = known.find((one) => one === name);
  if (!quantity) throw simulateError('simulate-quantity', { kind, quantity: name, known: known.join(', ') });
  return quantity;
}

/**
 * Topic of each quantity.
 * @throws PerceptError `simulate-topic`
 */
export function topicsOf(
  { topic, machine }: SimulateMachineConfig,
  quantities: readonly Quantity[],
): Map<Quantity, string> {
  const problem = topicProblem(topic, quantities.length);
  if (problem) throw simulateError('simulate-topic', { topic, problem, example: '{machine}/{quantity}' });
  return new Map(
    quantities.map((quantity) => [quantity, topic.replaceAll('{machine}', machine).replaceAll('{quantity}', quantity)]),
  );
}

/** What is sampled; called as sensor in calls it. */
export const waves = ['sound', 'vibration'] as const;
export type Wave = (typeof waves)[number];
const soundParts = ['machine', 'quantity', 'time'];

/**
 * Topic of what is sampled, at the time (ms UTC) at which it begins.
 * @throws PerceptError `simulate-topic`
 */
export function soundTopicOf({ soundTopic, machine, sound, waveform }: SimulateMachineConfig): SoundTopic {
  const problem = sound || waveform ? topicProblem(soundTopic, sound && waveform ? 2 : 1, soundParts) : undefined;
  if (problem) throw simulateError('simulate-topic', { topic: soundTopic, problem, example: '{machine}/{quantity}' });
  const named = soundTopic.replaceAll('{machine}', machine);
  return (wave, time) => named.replaceAll('{quantity}', wave).replaceAll('{time}', String(time));
}
export type SoundTopic = (wave: Wave, time: number) => string;

function topicProblem(topic: string, quantities: number, known = ['machine', 'quantity']): string | undefined {
  const unknown = (topic.match(/\{[^}]*\}?/g) ?? []).find((one) => !known.includes(one.slice(1, -1)));
  if (unknown) return `${unknown} stands for nothing`;
  return quantities > 1 && !topic.includes('{quantity}') ? '{quantity} is missing' : undefined;
}
