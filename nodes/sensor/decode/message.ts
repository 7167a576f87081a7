import type { Arrival, Recorded } from './contract.js';
import type { MeasuredClock } from './envelope.js';
import { decodeError } from './errors.js';
import type { Parts } from './topic.js';

/** An arrival whose topic has been taken apart. */
export interface Incoming extends Arrival {
  readonly parts: Parts;
}

/** A reading as the source gives it, before it has a key. */
export interface RawReading {
  readonly source: string;
  readonly quantity: string;
  readonly value: number;
  readonly unit: string;
  /** ms UTC; absent where the source gives none. */
  readonly time?: number;
  /** ms from the arrival, where the source only gives that. */
  readonly relative?: number;
  readonly sequence?: number;
}

export interface RawRecording extends Omit<Recorded, 'recording'> {
  readonly recording: Omit<Recorded['recording'], 'time' | 'sequence' | 'receivedAt' | 'clock'>;
  readonly time?: number;
  readonly sequence?: number;
}

export interface RawMessage {
  readonly readings: readonly RawReading[];
  readonly recordings?: readonly RawRecording[];
  /** What a JSON Schema is held against. */
  readonly document?: unknown;
  /** Nothing to store is right for some messages, as for a Sparkplug death. */
  readonly mayBeEmpty?: boolean;
  /** Its sequences stay as they are: the sender has seen to it that no two keys are the same. */
  readonly keyed?: boolean;
  /** How the sender's clock stood, where the sender has measured it. */
  readonly measured?: MeasuredClock;
}

export type Format = (incoming: Incoming) => RawMessage;

/** Sequences are kept below this, so that a few may be counted up from each. */
export const maxSequence = 2 ** 31 - 1;

/** @throws PerceptError `decode-sequence` */
export function readSequence(topic: string, value: unknown, shown: string): number {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= maxSequence) return number;
  throw decodeError('decode-sequence', { topic, found: shown, limit: maxSequence });
}

/** The first of a user property's values. */
export function userProperty(arrival: Arrival, name: string): string | undefined {
  const properties = arrival.properties?.userProperties;
  const value = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return typeof value === 'string' ? value : value?.[0];
}
