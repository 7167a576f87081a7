import type { Sound } from '../../kit/index.js';
import { bytesPerSample, isWav, type Pcm, wavHeader } from '../../kit/wav.js';
import type { DecoderSettings } from './contract.js';
import { decodeError } from './errors.js';
import { isJpeg, readJpeg } from './jpeg.js';
import type { Format, Incoming, RawRecording } from './message.js';
import { makeNamer } from './naming.js';
import { isPcm, readPcm } from './pcm.js';
import { makeStamper } from './stamp.js';
import { readTime } from './time.js';
import { readWav } from './wav.js';

type Content = Omit<RawRecording, 'recording'> & {
  readonly quantity: string;
  readonly meta: RawRecording['recording']['meta'];
};

/** Pictures and sound, told apart by their first bytes. PCM is kept as WAV, so that anything can open it later. */
export function binaryFormat(settings: DecoderSettings): Format {
  const namer = makeNamer(settings);
  const stamper = makeStamper(settings);
  const lookup = () => undefined;
  return (incoming) => {
    const { topic, parts } = incoming;
    const { quantity, meta, ...content } = contentOf(incoming, settings.anyBinary);
    const names = namer.name({ topic, parts, lookup, own: quantityBeside(parts, quantity) });
    const stamp = stamper.stamp(incoming, lookup);
    const kind = content.sound ? 'sound' : content.frame ? 'frame' : 'binary';
    const recording = { source: names.source, quantity: names.quantity, kind, meta } as const;
    const time = content.time ?? stamp.time;
    return {
      readings: [],
      recordings: [
        {
          ...stamp,
          ...content,
          ...(time === undefined ? {} : { time }),
          recording,
          ...(content.sound ? { sound: { ...content.sound, source: names.source } } : {}),
          ...(content.frame ? { frame: { ...content.frame, camera: names.source } } : {}),
        },
      ],
    };
  };
}

function quantityBeside(parts: Incoming['parts'], quantity: string): { quantity?: string } {
  return parts['quantity'] === undefined ? { quantity } : {};
}

function contentOf({ topic, payload, receivedAt, properties }: Incoming, any: boolean): Content {
  if (isJpeg(payload)) {
    const size = readJpeg(topic, payload);
    const frame = { camera: '', time: receivedAt, ...size, jpeg: payload };
    return { quantity: 'frame', bytes: payload, contentType: 'image/jpeg', extension: 'jpg', frame, meta: { ...size } };
  }
  if (isWav(payload)) return soundContent(readWav(topic, payload), payload, receivedAt);
  if (isPcm(payload)) {
    const { time, sequence, ...pcm } = readPcm(topic, payload);
    const bytes = Buffer.concat([wavHeader(pcm), pcm.samples]);
    return {
      ...soundContent(pcm, bytes, receivedAt),
      sequence,
      ...(time === undefined ? {} : { time: timeOf(topic, time) }),
    };
  }
  if (!any) throw decodeError('decode-binary', { topic });
  const contentType = properties?.contentType ?? 'application/octet-stream';
  return { quantity: 'binary', bytes: payload, contentType, extension: 'bin', meta: { contentType } };
}

function soundContent(pcm: Pcm, bytes: Buffer, time: number): Content {
  const sound: Omit<Sound, 'id'> = { source: '', time, ...pcm };
  const { sampleRate, channels, format } = pcm;
  const seconds = pcm.samples.length / (bytesPerSample[format] * channels * sampleRate);
  const meta = { sampleRate, channels, format, seconds };
  return { quantity: 'sound', bytes, contentType: 'audio/wav', extension: 'wav', sound, meta };
}

function timeOf(topic: string, ms: number): number {
  const time = readTime(ms, 'ms');
  if (typeof time === 'string') throw decodeError('decode-time', { topic, problem: time });
  return time;
}
