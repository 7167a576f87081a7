/** Element types that pass; the names are those of ONNX Runtime. */
export interface Elements {
  float32: Float32Array;
  float64: Float64Array;
  uint8: Uint8Array;
  int8: Int8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}
export type ElementType = keyof Elements;

/** Numbers with a shape, row by row. */
export type Tensor = {
  [T in ElementType]: { readonly type: T; readonly dims: readonly number[]; readonly data: Elements[T] };
}[ElementType];

export type NamedTensor = Tensor & { readonly name: string };

/** @param data `dims` multiplied; handed over, not copied, when it fills its ArrayBuffer */
export function float32(data: Float32Array, dims: readonly number[]): Tensor {
  return { type: 'float32', dims, data };
}

/**
 * What of a message may change hands instead of being copied. An array that is only a part of its buffer (like a small
 * Buffer of Node's) is copied first: others use the rest.
 */
export function forTransfer<T extends Tensor>(tensors: readonly T[]): { tensors: T[]; moved: ArrayBuffer[] } {
  const owned = tensors.map((tensor) => (fillsBuffer(tensor.data) ? tensor : { ...tensor, data: tensor.data.slice() }));
  return { tensors: owned, moved: [...new Set(owned.map(({ data }) => data.buffer as ArrayBuffer))] };
}

function fillsBuffer(data: Tensor['data']): boolean {
  return data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
}
