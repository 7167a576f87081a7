import type { Sound } from '../../kit/index.js';
import { wavHeader } from '../../kit/wav.js';

/** A WAV file of one channel, and its samples alone; the samples are a view of the file. */
export interface WavFile extends Pick<Sound, 'samples' | 'format' | 'sampleRate' | 'channels'> {
  readonly bytes: Buffer;
}

/** @param values in [-1, 1] */
export function integerWav(values: Float32Array, sampleRate: number): WavFile {
  const integers = Int16Array.from(values, (value) => Math.round(32_767 * value));
  return wav(Buffer.from(integers.buffer), 's16le', sampleRate);
}

/** @param values of any unit, which they keep */
export function floatWav(values: Float32Array, sampleRate: number): WavFile {
  const samples = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return wav(samples, 'f32le', sampleRate);
}

/** Processors that Node.js runs on have the lower byte first, as WAV files do. */
function wav(samples: Buffer, format: Sound['format'], sampleRate: number): WavFile {
  const pcm = { samples, format, sampleRate, channels: 1 };
  const header = wavHeader(pcm);
  const bytes = Buffer.concat([header, samples]);
  return { ...pcm, samples: bytes.subarray(header.length), bytes };
}

/** The same as PCM that carries its time, for a broker whose messages have no properties; see the help of sensor in. */
export function timedPcm({ samples, format, sampleRate, channels }: WavFile, time: number): Buffer {
  const header = Buffer.alloc(24);
  header.write('PPCM', 0, 'latin1');
  header.writeUInt8(1, 4);
  header.writeUInt8(format === 'f32le' ? 3 : 0, 5);
  header.writeUInt16LE(channels, 6);
  header.writeUInt32LE(sampleRate, 8);
  header.writeDoubleLE(time, 16);
  return Buffer.concat([header, samples]);
}
