import type { Sound } from '../../kit/index.js';
import { bytesPerSample, checkSound, type Pcm } from '../../kit/wav.js';
import { decodeError } from './errors.js';

/** What a small device puts before its samples. */
export interface PcmMessage extends Pcm {
  /** ms UTC; absent where the device doesn't know. */
  readonly time?: number;
  readonly sequence: number;
}

export const pcmHeaderLength = 24;
const magic = 'PPCM';
const formats: readonly Sound['format'][] = ['s16le', 's24le', 's32le', 'f32le'];

export function isPcm(bytes: Buffer): boolean {
  return bytes.length >= pcmHeaderLength && bytes.toString('latin1', 0, 4) === magic;
}

/**
 * PCM after a header of 24 bytes, little-endian:
 * `PPCM`, u8 version (1), u8 format (0 s16le, 1 s24le, 2 s32le, 3 f32le), u16 channels, u32 sample rate in Hz,
 * u32 sequence, f64 time in ms UTC of the first sample (0: unknown).
 * @param name for errors
 * @throws PerceptError `decode-pcm`
 */
export function readPcm(name: string, bytes: Buffer): PcmMessage {
  const fail = (problem: string) => decodeError('decode-pcm', { name, problem });
  if (!isPcm(bytes)) throw fail('it does not start like one');
  const version = bytes.readUInt8(4);
  const format = formats[bytes.readUInt8(5)];
  if (version !== 1) throw fail(`version ${version} is unknown`);
  if (!format) throw fail(`sample format ${bytes.readUInt8(5)} is unknown`);
  const head = { channels: bytes.readUInt16LE(6), sampleRate: bytes.readUInt32LE(8), format };
  checkSound(head, fail);
  const samples = bytes.subarray(pcmHeaderLength);
  const frame = head.channels * bytesPerSample[format];
  if (samples.length === 0 || samples.length % frame !== 0) throw fail(`${samples.length} bytes are not whole samples`);
  const time = bytes.readDoubleLE(16);
  return { ...head, samples, sequence: bytes.readUInt32LE(12), ...(time === 0 ? {} : { time }) };
}
