import { soundError } from './errors.js';

const real = 0;
const forward = 0;
/** PFFFT works on four numbers at once, and a real transform on two halves of four times four. */
const unit = 32;

let loading: Promise<Pffft> | undefined;

/**
 * Where PFFFT is: with SIMD where WebAssembly has it (V8 needs SSE4.1 or NEON), without elsewhere.
 * @throws PerceptError `sound-fft`
 */
function loaded(): Promise<Pffft> {
  loading ??= load().catch((cause: unknown) => {
    loading = undefined;
    throw soundError('sound-fft', { detail: (cause as Error).message }, { cause });
  });
  return loading;
}

async function load(): Promise<Pffft> {
  try {
    return await (await import('@echogarden/pffft-wasm/simd')).default();
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.CompileError)) throw thrown;
    return await (await import('@echogarden/pffft-wasm')).default();
  }
}

/** The smallest size from `length` on that PFFFT transforms: a multiple of 32 without prime factors over 5. */
export function fftSize(length: number): number {
  let size = Math.max(unit, Math.ceil(length / unit) * unit);
  while (!isSmooth(size)) size += unit;
  return size;
}

function isSmooth(size: number): boolean {
  let rest = size;
  for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
  return rest === 1;
}

/** Transforms real frames of one size, in single precision. Holds memory outside of JavaScript's heap until `free`. */
export class Fft {
  readonly size: number;
  readonly #pffft: Pffft;
  readonly #setup: number;
  readonly #input: number;
  readonly #output: number;
  readonly #work: number;

  private constructor(pffft: Pffft, size: number) {
    this.size = size;
    this.#pffft = pffft;
    this.#setup = pffft._pffft_new_setup(size, real);
    this.#input = pffft._pffft_aligned_malloc(4 * size);
    this.#output = pffft._pffft_aligned_malloc(4 * size);
    this.#work = pffft._pffft_aligned_malloc(4 * size);
  }

  /**
   * @param size what `fftSize` gives
   * @throws PerceptError `sound-fft`
   */
  static async open(size: number): Promise<Fft> {
    return new Fft(await loaded(), size);
  }

  /** Where to put a frame; the view holds until something else is allocated, so it is asked for before each use. */
  input(): Float32Array {
    return this.#pffft.HEAPF32.subarray(this.#input / 4, this.#input / 4 + this.size);
  }

  /** The spectrum of the last frame: real part at 0, real part at half the rate, then pairs of real and imaginary part. */
  output(): Float32Array {
    return this.#pffft.HEAPF32.subarray(this.#output / 4, this.#output / 4 + this.size);
  }

  /** From `input` to `output`, unscaled. */
  transform(): void {
    this.#pffft._pffft_transform_ordered(this.#setup, this.#input, this.#output, this.#work, forward);
  }

  free(): void {
    this.#pffft._pffft_destroy_setup(this.#setup);
    for (const address of [this.#input, this.#output, this.#work]) this.#pffft._pffft_aligned_free(address);
  }
}
