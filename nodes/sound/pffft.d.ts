/** What is used of PFFFT compiled to WebAssembly. The package has no types; sizes in floats, addresses in bytes. */
interface Pffft {
  /** Anew after every allocation: the memory may have grown, and the old view is then empty. */
  readonly HEAPF32: Float32Array;
  _pffft_new_setup(size: number, kind: number): number;
  _pffft_destroy_setup(setup: number): void;
  _pffft_aligned_malloc(bytes: number): number;
  _pffft_aligned_free(address: number): void;
  _pffft_transform_ordered(setup: number, input: number, output: number, work: number, direction: number): void;
}

declare module '@echogarden/pffft-wasm/simd' {
  const open: () => Promise<Pffft>;
  export default open;
}

declare module '@echogarden/pffft-wasm' {
  const open: () => Promise<Pffft>;
  export default open;
}
