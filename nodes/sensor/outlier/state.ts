/**
 * What a part of a detector remembers are its fields: numbers, typed arrays, and parts within parts, always as many as at
 * its construction. What it was told once are its `#private` fields, which no walk sees. So its size can be said exactly,
 * and to save it is to copy the fields in their order.
 */
export type Part = object;

type Numbers = Float32Array | Float64Array;

/** Bytes that `saveState` gives for this part. */
export function stateBytes(part: Part): number {
  let bytes = 0;
  for (const value of Object.values(part)) {
    if (typeof value === 'number') bytes += 8;
    else if (isNumbers(value)) bytes += value.byteLength;
    else if (isPart(value)) bytes += stateBytes(value);
  }
  return bytes;
}

/** The fields one after the other, little-endian. */
export function saveState(part: Part): Uint8Array {
  const bytes = new Uint8Array(stateBytes(part));
  const view = new DataView(bytes.buffer);
  let at = 0;
  walk(part, {
    number: (value) => {
      view.setFloat64(at, value, true);
      at += 8;
      return value;
    },
    numbers: (array) => {
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
      at += array.byteLength;
    },
  });
  return bytes;
}

/** @param bytes what `saveState` gave for a part of the same construction */
export function loadState(part: Part, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  walk(part, {
    number: () => {
      at += 8;
      return view.getFloat64(at - 8, true);
    },
    numbers: (array) => {
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes.subarray(at, at + array.byteLength));
      at += array.byteLength;
    },
  });
}

interface Visitor {
  /** Gives what the field is to hold from now on. */
  readonly number: (value: number) => number;
  readonly numbers: (array: Numbers) => void;
}

function walk(part: Part, visitor: Visitor): void {
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === 'number') Reflect.set(part, key, visitor.number(value));
    else if (isNumbers(value)) visitor.numbers(value);
    else if (isPart(value)) walk(value, visitor);
  }
}

function isNumbers(value: unknown): value is Numbers {
  return value instanceof Float32Array || value instanceof Float64Array;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null;
}
