import { defineNode, type Message, type NodeContext, type Spectrogram } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import { soundError } from '../errors.js';
import { type Incoming, incomingOf } from '../incoming.js';
import { type Named, recordingIn, soundOf } from '../recording.js';
import type { Short, Stretch } from '../stream.js';
import { holdThread } from '../thread.js';
import { Turns } from '../turns.js';
import { pictureSettings, presetOf, SpectrogramConfig } from './settings.js';
import { Sources } from './sources.js';

/** Bytes that may wait for the thread: a backlog of half an hour from a microphone, some seconds of many at 96 kHz. */
const mostWaiting = 64 * 1024 * 1024;
/** Below -90 dB no microphone is that hears anything. */
const silentBelow = 3e-5;
const clippedFrom = 0.001;

export default defineNode({
  type: 'percept-spectrogram',
  config: SpectrogramConfig,
  async start(context) {
    const { config } = context;
    const bucket = config.bucket ? await context.use<Bucket>(config.bucket, 'percept-bucket') : undefined;
    const settings = presetOf(config);
    const picture = pictureSettings(config);
    const { thread, release } = holdThread();
    const sources = new Sources(settings);
    const reading = new Turns();
    let waiting = 0;
    context.status('ok', 'spectrogram.status.ready');

    return {
      async input({ msg }) {
        const recording = recordingIn(msg);
        if (!recording) return await transform(msg, incomingOf(msg, config, Date.now()));
        // reading may take longer for one than for the next; transforming begins in the order in which they came
        const { work } = await reading.take(recording.source, read(recording), (incoming) => ({
          work: transform(msg, incoming, recording.key),
        }));
        return await work;
      },
      close: release,
    };

    async function transform(msg: Message, { source, time, pcm }: Incoming, key = keyIn(msg)): Promise<undefined> {
      if (settings.use === 'cancel' && pcm.channels < 2) throw soundError('sound-one-channel', { source });
      const { stretches, broken, short, tell } = sources.push(source, pcm, time, key);
      if (broken) context.metrics.count('gaps');
      if (settings.seconds === 0 && stretches.length === 0)
        throw soundError('sound-short', { source, ms: 1000 * settings.window });
      if (short && tell) throw soundError('sound-pieces', { source, ...inMilliseconds(short) });
      if (short) show(context, sources);
      const bytes = stretches.reduce((sum, stretch) => sum + stretch.pcm.samples.length, 0);
      await withRoom(bytes, async () => {
        // all are asked for before the first is waited for: another message's must not come in between
        const asked = stretches.map((stretch) => analyse(source, stretch));
        const found = await Promise.all(asked);
        for (const spectrogram of found) context.send(messageOf(msg, spectrogram));
        const last = found.at(-1);
        if (last) show(context, sources, last, broken);
      });
      return undefined;
    }

    async function read(recording: Named): Promise<Incoming> {
      if (!bucket) throw soundError('sound-no-bucket', { source: recording.source });
      return await withRoom(recording.bytes, () => soundOf(recording, bucket));
    }

    /** Counts what is held in memory. @throws PerceptError `sound-busy` */
    async function withRoom<T>(bytes: number, work: () => Promise<T>): Promise<T> {
      if (waiting > 0 && waiting + bytes > mostWaiting) {
        context.metrics.count('dropped');
        throw soundError('sound-busy', { limit: mostWaiting >> 20 });
      }
      waiting += bytes;
      try {
        return await work();
      } finally {
        waiting -= bytes;
      }
    }

    async function analyse(source: string, { pcm, time, recordings }: Stretch): Promise<Transformed> {
      const analysed = await thread.analyse({ pcm, settings, picture });
      const keys = recordings.length > 0 ? { recordings } : {};
      return { source, time, ...analysed, data: asBuffer(analysed.data), ...pngOf(analysed), ...keys };
    }
  },
});

/** A spectrogram that knows what it is of: bucket keys of recordings. */
type Transformed = Spectrogram & { readonly recordings?: readonly string[] };

/** Of a message that brings its bytes and their place. */
function keyIn(msg: Message): string | undefined {
  const key = (msg['recording'] as { key?: unknown } | undefined)?.key;
  return typeof key === 'string' ? key : undefined;
}

/** From the thread a buffer comes as a plain array of bytes. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function pngOf({ png }: Pick<Spectrogram, 'png'>): Pick<Spectrogram, 'png'> {
  return png ? { png: asBuffer(png) } : {};
}

function messageOf(msg: Message, spectrogram: Spectrogram): Message {
  const { source, png, data } = spectrogram;
  return { ...msg, topic: source, payload: png ?? data, spectrogram } as Message;
}

function inMilliseconds({ found, needed }: Short): Short {
  return { found: Math.round(1000 * found) / 1000, needed: Math.round(1000 * needed) / 1000 };
}

function show(context: NodeContext<unknown>, { short }: Sources, last?: Spectrogram, broken = false): void {
  if (short.count > 0) context.status('warn', 'spectrogram.status.short', short);
  else if (last) showSound(context, last, broken);
}

function showSound(context: NodeContext<unknown>, { quality, range }: Spectrogram, broken: boolean): void {
  if (quality.rms < silentBelow) context.status('warn', 'spectrogram.status.silent');
  else if (quality.clipped >= clippedFrom)
    context.status('warn', 'spectrogram.status.clipped', { share: (100 * quality.clipped).toFixed(1) });
  else if (broken) context.status('warn', 'spectrogram.status.gap');
  else context.status('ok', 'spectrogram.status.level', { level: Math.round(range.max) });
}
