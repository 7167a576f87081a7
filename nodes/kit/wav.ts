import type { Sound } from './messages.js';

/** The sound of a file; `samples` is a view of its bytes, not a copy. */
export type Pcm = Pick<Sound, 'sampleRate' | 'channels' | 'samples' | 'format'>;

/** Format tags of WAVEFORMATEX. */
const integer = 1;
const float = 3;
const extensible = 0xfffe;
/** A recorder that streams doesn't know the length yet. */
const unknownLengths = new Set([0, 0xffffffff]);

const formatOf: Readonly<Record<string, Sound['format']>> = {
  [`${integer}/16`]: 's16le',
  [`${integer}/24`]: 's24le',
  [`${integer}/32`]: 's32le',
  [`${float}/32`]: 'f32le',
};

export const bytesPerSample: Readonly<Record<Sound['format'], number>> = { s16le: 2, s24le: 3, s32le: 4, f32le: 4 };

export function isWav(bytes: Buffer): boolean {
  return bytes.length >= 12 && bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE';
}

/** A file's sound without its samples: they lie from `start` to `end`, in bytes. */
export interface WavHead extends Omit<Pcm, 'samples'> {
  readonly start: number;
  readonly end: number;
}

/** Makes the error of whoever reads: `problem` is a part of a sentence, `it holds no data`. */
export type Fail = (problem: string) => Error;

/** @throws what `fail` makes of a file that is broken, cut off, or of a kind that is not supported */
export function readWav(bytes: Buffer, fail: Fail): Pcm {
  const { start, end, ...head } = readWavHead(bytes, bytes.length, fail);
  return { ...head, samples: bytes.subarray(start, end) };
}

/**
 * @param bytes the beginning of a file, up to its samples
 * @param size of the whole file, bytes
 * @throws what `fail` makes of it
 */
export function readWavHead(bytes: Buffer, size: number, fail: Fail): WavHead {
  if (!isWav(bytes)) throw fail('it does not start like one');
  let head: Omit<Pcm, 'samples'> | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (id === 'fmt ') head = readFormat(bytes.subarray(start, start + length), fail);
    if (id === 'data') {
      if (!head) throw fail('its data comes before its format');
      return { ...head, start, end: start + wholeFrames(size - start, length, head, fail) };
    }
    // chunks begin at even places
    at = start + length + (length % 2);
  }
  throw fail('it holds no data');
}

function readFormat(chunk: Buffer, fail: Fail): Omit<Pcm, 'samples'> {
  if (chunk.length < 16) throw fail('its format is cut off');
  const declared = chunk.readUInt16LE(0);
  const tag = declared === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : declared;
  const channels = chunk.readUInt16LE(2);
  const sampleRate = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  const format = formatOf[`${tag}/${bits}`];
  if (!format) throw fail(`format ${tag} with ${bits} bits is not supported`);
  checkSound({ channels, sampleRate }, fail);
  return { sampleRate, channels, format };
}

/** Refuses rates and channel counts that no microphone has. */
export function checkSound({ channels, sampleRate }: Pick<Pcm, 'channels' | 'sampleRate'>, fail: Fail): void {
  if (channels < 1 || channels > 64) throw fail(`it has ${channels} channels`);
  if (sampleRate < 1 || sampleRate > 1_000_000) throw fail(`its sample rate is ${sampleRate} Hz`);
}

/** Bytes of data, without a last sample that is cut in two. */
function wholeFrames(there: number, length: number, head: Omit<Pcm, 'samples'>, fail: Fail): number {
  const open = unknownLengths.has(length);
  if (!open && length > there) throw fail(`${length - there} of its ${length} bytes are missing`);
  const frame = head.channels * bytesPerSample[head.format];
  const available = open ? there : length;
  const whole = available - (available % frame);
  if (whole === 0) throw fail('it holds no data');
  return whole;
}

/** 44 bytes that make PCM a WAV file. */
export function wavHeader({ sampleRate, channels, format, samples }: Pcm): Buffer {
  const width = bytesPerSample[format];
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format === 'f32le' ? float : integer, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * width, 28);
  header.writeUInt16LE(channels * width, 32);
  header.writeUInt16LE(width * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return header;
}
