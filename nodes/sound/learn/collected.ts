import { networkShape } from '../network-input.js';
import { type Form, learn, lengthOf, type NormalModel } from '../normal/model.js';
import type { Collector, CollectorSettings, Item, Left } from './collector.js';
import { fewestOfEach, fewestStretches } from './kinds.js';

/** What the recordings gave. */
export interface Collected {
  /** That can be learned from, and of each condition. */
  readonly stretches: number;
  readonly ofEach: readonly number[];
  /** Of sound. */
  readonly seconds: number;
  readonly form?: Form;
  /** UTC epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly left: Left;
  /** Where there was enough for it. */
  readonly made?: Made;
}

export type Made =
  | { readonly kind: 'normal'; readonly model: NormalModel; readonly fitSeconds: number }
  | { readonly kind: 'network'; readonly examples: NetworkExamples };

/** The last ones are to be held back. In shared memory: they are not copied from thread to thread. */
export interface NetworkExamples {
  /** dB, [count, bands, frames] */
  readonly x: Float32Array;
  /** One per condition, 1 for the one it was in; absent for a network that repeats its input. */
  readonly y?: Float32Array;
  readonly count: number;
  readonly held: number;
}

/** Share of the stretches that are held back to try on. */
export const heldShare = 0.2;
export const exampleSize = networkShape.bands * networkShape.frames;

/** @param conditions how many there are; 0 where they are not told apart */
export function collectedOf(collector: Collector, settings: CollectorSettings, conditions: number): Collected {
  const { kind, source } = settings;
  const group = collector.chosen(fewestStretches[kind]);
  const { left } = collector;
  if (!group) return { stretches: 0, ofEach: [], seconds: 0, from: 0, until: 0, left };
  const { items, form, centres, first, last, seen } = group;
  const ofEach = Array.from({ length: conditions }, (_, label) => items.filter((item) => item.label === label).length);
  const facts = { stretches: seen, ofEach, seconds: seen * lengthOf(form), form, from: first, until: last, left };
  if (seen < fewestStretches[kind] || ofEach.some((count) => count < fewestOfEach)) return facts;
  if (kind !== 'normal') {
    const pictures = items.flatMap((item) => ('picture' in item ? [item] : []));
    const fits = form.frames === networkShape.frames && form.bands === networkShape.bands;
    return fits ? { ...facts, made: { kind: 'network', examples: examplesOf(pictures, conditions) } } : facts;
  }
  const observations = items.flatMap((item) => ('observation' in item ? [item.observation] : []));
  const began = performance.now();
  const model = learn({ source, form, centres, observations }, Date.now());
  return { ...facts, made: { kind: 'normal', model, fitSeconds: (performance.now() - began) / 1000 } };
}

type Picture = Item & { readonly picture: Float32Array };

/** Of each condition the last stretches are held back: neighbours in time sound alike, and must not be on both sides. */
function examplesOf(pictures: readonly Picture[], conditions: number): NetworkExamples {
  const groups = Array.from({ length: Math.max(1, conditions) }, (_, label) =>
    pictures.filter((picture) => conditions === 0 || picture.label === label),
  );
  const parts = groups.map((group) => {
    const learned = group.length - Math.round(group.length * heldShare);
    return { learned: group.slice(0, learned), held: group.slice(learned) };
  });
  const ordered = [...parts.flatMap(({ learned }) => learned), ...parts.flatMap(({ held }) => held)];
  const x = shared(ordered.length * exampleSize);
  for (const [i, { picture }] of ordered.entries()) x.set(picture, i * exampleSize);
  const held = parts.reduce((sum, part) => sum + part.held.length, 0);
  if (conditions === 0) return { x, count: ordered.length, held };
  const y = shared(ordered.length * conditions);
  for (const [i, { label }] of ordered.entries()) y[i * conditions + label] = 1;
  return { x, y, count: ordered.length, held };
}

function shared(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}
