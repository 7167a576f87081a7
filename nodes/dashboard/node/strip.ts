/** What the widgets need of `msg.spectrogram`. */
export interface SpectrogramLike {
  readonly source: string;
  /** ms UTC of the first sample. */
  readonly time: number;
  readonly shape: readonly [channels: number, frames: number, bands: number];
  /** dB as float32, little-endian. */
  readonly data: Uint8Array;
  readonly scale: 'mel' | 'linear';
  /** Hz */
  readonly bands: readonly number[];
  /** s */
  readonly hop: number;
}

/** Columns of one source as a page gets them, one after the other. */
export interface Columns {
  /** ms per column. */
  readonly step: number;
  /** Of the first column: its time is `first * step` in ms UTC. */
  readonly first: number;
  /** Bytes in a column, the lowest frequency first. */
  readonly rows: number;
  /** A byte b is `quietest + b * decibelsPerStep` dB; 0: nothing was heard. */
  readonly data: Buffer;
}

/** Columns with what an axis needs. */
export interface Strip extends Columns {
  readonly source: string;
  readonly scale: 'mel' | 'linear';
  /** Hz, of each row. */
  readonly centres: readonly number[];
}

/** dB of byte 0, and from one byte to the next: what there is from -160 to 31 dB, in steps that nobody sees. */
export const quietest = -160;
export const decibelsPerStep = 0.75;

export interface StripSettings {
  /** s that are kept. */
  readonly seconds: number;
  /** Rows at most: neighbours are put together, the louder one counts. */
  readonly rows: number;
  /** ms; a column is no shorter. */
  readonly leastStep: number;
}

/** ms; times of arrival jitter: what begins so near the end of the last one goes on from there. */
const jitter = 300;
/** ms; what is older than that beside the newest is no straggler. */
const mostLate = 5000;

interface Form {
  readonly key: string;
  readonly group: number;
  readonly scale: 'mel' | 'linear';
  readonly centres: readonly number[];
  readonly step: number;
}

/** The last minute of one source in little memory: a ring of columns on a fixed grid of time. */
export class StripRing {
  readonly source: string;
  readonly #settings: StripSettings;
  #form: Form | undefined;
  #cells = new Uint8Array();
  #columns = 0;
  /** One after the newest column. */
  #end = 0;
  /** ms UTC; where the newest sound ends. */
  #heard = Number.NEGATIVE_INFINITY;

  constructor(source: string, settings: StripSettings) {
    this.source = source;
    this.#settings = settings;
  }

  /** What is new with it. */
  take(spectrogram: SpectrogramLike): Strip {
    const form = this.#formFor(spectrogram);
    const hop = 1000 * spectrogram.hop;
    const frames = spectrogram.shape[1];
    const said = spectrogram.time;
    const begin = Math.abs(said - this.#heard) <= jitter ? this.#heard : said;
    const end = begin + frames * hop;
    const first = Math.floor(begin / form.step);
    const last = Math.floor((end - 1e-3) / form.step);
    // another recording, or a clock that was set: what is there belongs to another time
    if (said < this.#heard - mostLate || first > this.#end + this.#columns) this.#forget(first);
    this.#heard = end;
    this.#advance(last + 1);
    this.#draw(spectrogram, form, begin, hop);
    return this.#cut(form, Math.max(first, this.#end - this.#columns), last + 1);
  }

  /** All that is kept; undefined before anything was heard. */
  whole(): Strip | undefined {
    if (!this.#form) return undefined;
    let first = this.#end - this.#columns;
    while (first < this.#end && this.#column(first).every((cell) => cell === 0)) first++;
    return this.#cut(this.#form, first, this.#end);
  }

  #formFor({ scale, bands, hop }: SpectrogramLike): Form {
    const key = JSON.stringify([scale, hop, bands.length, bands[0], bands.at(-1)]);
    if (this.#form?.key === key) return this.#form;
    const group = Math.ceil(bands.length / this.#settings.rows);
    const centres = Array.from({ length: Math.ceil(bands.length / group) }, (_, row) => {
      const own = bands.slice(row * group, (row + 1) * group);
      return own.reduce((sum, band) => sum + band, 0) / own.length;
    });
    const step = 1000 * hop * Math.ceil(this.#settings.leastStep / (1000 * hop) - 1e-9);
    this.#form = { key, group, scale, centres, step };
    this.#columns = Math.ceil((1000 * this.#settings.seconds) / step);
    this.#cells = new Uint8Array(this.#columns * centres.length);
    this.#heard = Number.NEGATIVE_INFINITY;
    this.#end = 0;
    return this.#form;
  }

  #forget(first: number): void {
    this.#cells.fill(0);
    this.#end = first;
  }

  #advance(end: number): void {
    for (let at = Math.max(this.#end, end - this.#columns); at < end; at++) this.#column(at).fill(0);
    this.#end = Math.max(this.#end, end);
  }

  #column(at: number): Uint8Array {
    const rows = this.#form?.centres.length ?? 0;
    const place = (at % this.#columns) * rows;
    return this.#cells.subarray(place, place + rows);
  }

  /** Of all channels and of what falls into one cell, the loudest counts: a knock must not vanish. */
  #draw({ shape, data }: SpectrogramLike, { group, step }: Form, begin: number, hop: number): void {
    const [channels, frames, bands] = shape;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let frame = 0; frame < frames; frame++) {
      const from = begin + frame * hop;
      const last = Math.floor((from + hop - 1e-3) / step);
      for (let at = Math.max(Math.floor(from / step), this.#end - this.#columns); at <= last; at++) {
        const column = this.#column(at);
        for (let channel = 0; channel < channels; channel++) {
          const row = 4 * (channel * frames + frame) * bands;
          for (let band = 0; band < bands; band++) {
            const cell = Math.floor(band / group);
            const byte = byteOf(view.getFloat32(row + 4 * band, true));
            if (byte > (column[cell] as number)) column[cell] = byte;
          }
        }
      }
    }
  }

  #cut({ scale, centres, step }: Form, first: number, end: number): Strip {
    const rows = centres.length;
    const data = Buffer.alloc(Math.max(0, end - first) * rows);
    for (let at = first; at < end; at++) data.set(this.#column(at), (at - first) * rows);
    return { source: this.source, scale, centres, rows, step, first, data };
  }
}

function byteOf(decibels: number): number {
  const byte = Math.round((decibels - quietest) / decibelsPerStep);
  return Number.isNaN(byte) ? 0 : Math.min(255, Math.max(1, byte));
}

export function isSpectrogram(value: unknown): value is SpectrogramLike {
  if (typeof value !== 'object' || value === null) return false;
  const { source, time, shape, data, bands, hop } = value as Partial<SpectrogramLike>;
  if (typeof source !== 'string' || source === '' || !Number.isFinite(time) || !(Number(hop) > 0)) return false;
  if (!Array.isArray(shape) || !(data instanceof Uint8Array) || !Array.isArray(bands)) return false;
  const [channels, frames, rows] = shape as number[];
  return bands.length === rows && rows > 0 && data.byteLength === 4 * Number(channels) * Number(frames) * rows;
}
