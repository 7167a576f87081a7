import { alertError } from '../errors.js';
import { endOf, type Hours, minutesOf, parseHours } from './hours.js';
import { wallOf } from './wall.js';

export interface DutySettings {
  readonly name: string;
  /** Names, separated by commas: who takes over after whom. */
  readonly people: string;
  readonly rotation: 'none' | 'day' | 'week';
  /** By the clock on the wall. */
  readonly handover: string;
  /** Day on which the first of them begins, `2026-01-05`. */
  readonly start: string;
  /** Only then; empty: always. */
  readonly hours: string;
}

export interface Duty {
  readonly name: string;
  readonly people: readonly string[];
  /** Days of one turn; 0: all have it together. */
  readonly turn: number;
  /** Minutes since midnight. */
  readonly handover: number;
  /** Days since 1970. */
  readonly start: number;
  readonly hours: Hours;
}

const turns = { none: 0, day: 1, week: 7 } as const;

/** @throws PerceptError `alert-duty`, `alert-hours` */
export function parseDuty({ name, people, rotation, handover, start, hours }: DutySettings): Duty {
  const names = people.split(',').map((one) => one.trim());
  const duty = {
    name,
    people: names.filter((one) => one !== ''),
    turn: turns[rotation],
    handover: minutesOf(handover),
    start: dayOf(start),
    hours: parseHours(hours),
  };
  const fail = (problem: string) => alertError('alert-duty', { name, problem });
  if (duty.people.length === 0) throw fail('nobody is in it');
  if (duty.handover === undefined) throw fail(`the handover "${handover}" is no time`);
  if (duty.start === undefined) throw fail(`the first day "${start}" is no date`);
  return { ...duty, handover: duty.handover, start: duty.start };
}

function dayOf(text: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time / 86_400_000;
}

/** Who is on call by the first schedule of this name that has somebody at this instant. @param time ms UTC */
export function onDuty(duties: readonly Duty[], name: string, time: number, zone: string): readonly string[] {
  const duty = duties.find(
    (one) => one.name === name && (one.hours.length === 0 || endOf(one.hours, time, zone) !== undefined),
  );
  if (!duty) return [];
  if (duty.turn === 0) return duty.people;
  const { day, minute } = wallOf(time, zone);
  const days = day - (minute < duty.handover ? 1 : 0) - duty.start;
  const turn = Math.floor(days / duty.turn);
  const count = duty.people.length;
  const person = duty.people[((turn % count) + count) % count];
  return person === undefined ? [] : [person];
}
