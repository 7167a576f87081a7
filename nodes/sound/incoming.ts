import type { Message, Sound } from '../kit/index.js';
import { bytesPerSample, isWav, type Pcm, readWav } from '../kit/wav.js';
import { soundError } from './errors.js';

/** How bytes without a header, and numbers, are to be read. */
export interface RawSettings {
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  readonly format: Sound['format'];
  /** Whose sound it is, where the message doesn't say. */
  readonly source: string;
}

export interface Incoming {
  readonly source: string;
  /** ms UTC of the first sample. */
  readonly time: number;
  readonly pcm: Pcm;
}

/**
 * Sound or vibration out of a message: `msg.sound`, a WAV file or PCM in the payload, or a window of numbers there.
 * @throws PerceptError `sound-wav`, `sound-nothing`, `sound-cut`, `sound-uneven`
 */
export function incomingOf(msg: Message, settings: RawSettings, now: number): Incoming {
  const sound = msg['sound'] as Partial<Sound> | undefined;
  const pcm = isSound(sound) ? checked(sound) : pcmOf(msg.payload, settings);
  const topic = typeof msg.topic === 'string' ? msg.topic : '';
  const said = sound?.time ?? msg['time'];
  return {
    source: sound?.source ?? (topic || settings.source || 'sound'),
    time: typeof said === 'number' ? said : now - (1000 * lengthOf(pcm)) / pcm.sampleRate,
    pcm,
  };
}

function isSound(sound: Partial<Sound> | undefined): sound is Sound {
  return (
    sound?.samples instanceof Uint8Array &&
    sound.format !== undefined &&
    sound.format in bytesPerSample &&
    Number(sound.sampleRate) > 0 &&
    Number(sound.channels) > 0
  );
}

function pcmOf(payload: unknown, settings: RawSettings): Pcm {
  if (payload instanceof Uint8Array) {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    if (isWav(bytes)) return readWav(bytes, (problem) => soundError('sound-wav', { problem }));
    const { sampleRate, channels, format } = settings;
    return checked({ sampleRate, channels, format, samples: bytes });
  }
  const channels = channelsIn(payload);
  if (!channels) throw soundError('sound-nothing', {});
  return interleaved(channels, settings.sampleRate);
}

function checked({ sampleRate, channels, format, samples }: Pcm): Pcm {
  const frame = channels * bytesPerSample[format];
  if (samples.length === 0) throw soundError('sound-nothing', {});
  if (samples.length % frame !== 0) throw soundError('sound-cut', { bytes: samples.length, frame });
  return { sampleRate, channels, format, samples };
}

type Numbers = ArrayLike<number>;

/** A list of numbers, rows of one number an axis, or an object with a list an axis; undefined for anything else. */
function channelsIn(payload: unknown): Numbers[] | undefined {
  if (isNumbers(payload)) return [payload];
  if (Array.isArray(payload) && payload.length > 0 && payload.every(isNumbers)) return byAxis(payload as Numbers[]);
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return undefined;
  const axes = Object.values(payload);
  return axes.length > 0 && axes.every(isNumbers) ? even(axes) : undefined;
}

function isNumbers(value: unknown): value is Numbers {
  if (value instanceof Float32Array || value instanceof Float64Array || value instanceof Int16Array) return true;
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
}

/** Rows as an accelerometer gives them (x, y, z at each instant), or a few long lists. */
function byAxis(lists: readonly Numbers[]): Numbers[] {
  const width = lists[0]?.length ?? 0;
  if (lists.length <= width) return even(lists);
  even(lists);
  return Array.from({ length: width }, (_, axis) => Float32Array.from(lists, (row) => row[axis] as number));
}

function even(lists: readonly Numbers[]): Numbers[] {
  const lengths = [...new Set(lists.map(({ length }) => length))];
  if (lengths.length > 1) throw soundError('sound-uneven', { lengths: lengths.slice(0, 4).join(', ') });
  return [...lists];
}

function interleaved(channels: readonly Numbers[], sampleRate: number): Pcm {
  const length = channels[0]?.length ?? 0;
  const values = new Float32Array(length * channels.length);
  for (const [c, channel] of channels.entries())
    for (let i = 0; i < length; i++) values[i * channels.length + c] = channel[i] as number;
  return { sampleRate, channels: channels.length, format: 'f32le', samples: Buffer.from(values.buffer) };
}

function lengthOf({ samples, channels, format }: Pcm): number {
  return samples.length / (channels * bytesPerSample[format]);
}
