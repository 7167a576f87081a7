import type { Kind } from '../machine/kinds.js';

/** How much of what a machine in good order sounds of. */
export interface Timbre {
  /** Flow and turbulence; Hz of where it is strongest. */
  readonly flow: number;
  readonly colour: number;
  /** Vanes, blades, lobes or pistons. */
  readonly pass: number;
  readonly mesh: number;
  /** Rolling and sliding, which rings the casing. */
  readonly rolling: number;
  /** Hz: strokes that go on beside the rotation, and how deep they cut. */
  readonly stroke: number;
  readonly depth: number;
}

export const timbres: Readonly<Record<Kind, Timbre>> = {
  pump: { flow: 0.5, colour: 700, pass: 0.5, mesh: 0.12, rolling: 0.6, stroke: 0, depth: 0 },
  fan: { flow: 0.9, colour: 350, pass: 0.6, mesh: 0.06, rolling: 0.4, stroke: 0, depth: 0 },
  press: { flow: 0.4, colour: 900, pass: 0.7, mesh: 0.3, rolling: 0.7, stroke: 0.7, depth: 0.35 },
  compressor: { flow: 0.6, colour: 1000, pass: 1, mesh: 0.25, rolling: 0.6, stroke: 0, depth: 0 },
  motor: { flow: 0.3, colour: 600, pass: 0.3, mesh: 0.1, rolling: 0.6, stroke: 0, depth: 0 },
};
