declare module 'fft.js' {
  /** What the bench uses of it; the package has no types. */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    realTransform(output: number[], input: readonly number[]): void;
  }
}
