import * as kit from '../../kit/wav.js';
import { decodeError } from './errors.js';

/**
 * @param name for errors: a topic or a file
 * @throws PerceptError `decode-wav`
 */
export function readWav(name: string, bytes: Buffer): kit.Pcm {
  return kit.readWav(bytes, (problem) => decodeError('decode-wav', { name, problem }));
}

/**
 * @param bytes the beginning of a file, up to its samples
 * @param size of the whole file, bytes
 * @throws PerceptError `decode-wav`
 */
export function readWavHead(name: string, bytes: Buffer, size: number): kit.WavHead {
  return kit.readWavHead(bytes, size, (problem) => decodeError('decode-wav', { name, problem }));
}
