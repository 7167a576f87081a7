import type { Card } from './card.js';
import { inferenceError } from './errors.js';
import type { Facts } from './protocol.js';

/** @throws PerceptError `model-other-shape` when the model takes something else than its card says */
export function checkShape(card: Card, { inputs }: Facts): void {
  const [input, ...more] = inputs;
  const { shape } = card.input;
  const fits =
    input !== undefined &&
    more.length === 0 &&
    input.shape.length === shape.length &&
    input.shape.every((size, i) => typeof size === 'string' || size === shape[i]);
  if (fits) return;
  const found = inputs.map((one) => `${one.name} ${show(one.shape)}`).join(', ');
  throw inferenceError('model-other-shape', { model: card.name, found, expected: show(shape) });
}

function show(shape: readonly (number | string | null)[]): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}
