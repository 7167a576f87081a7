import { open } from 'node:fs/promises';
import type { PerceptError, Sound } from '../../kit/index.js';
import { toPerceptError } from '../../kit/index.js';
import { bytesPerSample, type Pcm, wavHeader } from '../../kit/wav.js';
import { readWavHead } from '../decode/wav.js';
import { filesAt, type RecordedFile } from './files.js';
import { bad, type Item, type Recording } from './item.js';
import { message, topicOf } from './rows.js';

export interface SoundSettings {
  readonly path: string;
  readonly prefix: string;
  readonly source: string;
  /** Length of the stretches that are sent. */
  readonly chunkSeconds: number;
}

/** WAV files in stretches of a second or so, read as they are played; each is also a WAV of its own in the payload. */
export function soundRecording(settings: SoundSettings): Recording {
  return async function* sounds() {
    for (const file of await filesAt(settings.path, ['.wav'])) yield* stretchesOf(file, settings);
  };
}

/** Enough for any header that comes before the data. */
const headBytes = 64 * 1024;

async function* stretchesOf(file: RecordedFile, settings: SoundSettings): AsyncGenerator<Item> {
  const handle = await open(file.path);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(headBytes, size)), 0);
    const head = readWavHead(file.path, buffer.subarray(0, bytesRead), size);
    const frame = head.channels * bytesPerSample[head.format];
    const bytes = Math.max(1, Math.round(settings.chunkSeconds * head.sampleRate)) * frame;
    for (let at = head.start; at < head.end; at += bytes) {
      const samples = Buffer.alloc(Math.min(bytes, head.end - at));
      await handle.read(samples, 0, samples.length, at);
      const { sampleRate, channels, format } = head;
      const pcm = { sampleRate, channels, format, samples };
      yield itemOf(pcm, settings.source || file.name, settings.prefix);
    }
  } catch (thrown) {
    const problem: PerceptError = toPerceptError(thrown);
    yield bad(file.path, 0, String(problem.params['problem'] ?? problem.message));
  } finally {
    await handle.close();
  }
}

function itemOf(pcm: Pcm, source: string, prefix: string): Item {
  const frames = pcm.samples.length / (pcm.channels * bytesPerSample[pcm.format]);
  return {
    kind: 'playable',
    length: (frames / pcm.sampleRate) * 1000,
    messages: (time) => {
      const sound: Sound = { ...pcm, source, time };
      return [message(topicOf(prefix, source), Buffer.concat([wavHeader(pcm), pcm.samples]), { sound })];
    },
  };
}
