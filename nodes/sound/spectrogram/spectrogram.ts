import { defineNode, type Message, type NodeContext, type Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { incomingOf } from '../incoming.js';
import type { Preset } from '../presets.js';
import { Stream, type Stretch } from '../stream.js';
import { holdThread } from '../thread.js';
import { pictureSettings, presetOf, SpectrogramConfig } from './settings.js';

/** Sources whose sound is kept for the next message; the one heard from last is the last to go. */
const mostSources = 256;
/** Bytes that may wait for the thread: a backlog of half an hour from a microphone, some seconds of many at 96 kHz. */
const mostWaiting = 64 * 1024 * 1024;
/** Below -90 dB no microphone is that hears anything. */
const silentBelow = 3e-5;
const clippedFrom = 0.001;

export default defineNode({
  type: 'percept-spectrogram',
  config: SpectrogramConfig,
  start(context) {
    const { config } = context;
    const settings = presetOf(config);
    const picture = pictureSettings(config);
    const { thread, release } = holdThread();
    const streams = new Map<string, Stream>();
    let waiting = 0;
    context.status('ok', 'spectrogram.status.ready');

    return {
      async input({ msg }) {
        const { source, time, pcm } = incomingOf(msg, config, Date.now());
        if (settings.use === 'cancel' && pcm.channels < 2) throw soundError('sound-one-channel', { source });
        const { stretches, broken } = streamOf(streams, source, settings).push(pcm, time);
        if (broken) context.metrics.count('gaps');
        if (settings.seconds === 0 && stretches.length === 0)
          throw soundError('sound-short', { source, ms: 1000 * settings.window });
        const bytes = stretches.reduce((sum, stretch) => sum + stretch.pcm.samples.length, 0);
        if (waiting > 0 && waiting + bytes > mostWaiting) {
          context.metrics.count('dropped', stretches.length);
          throw soundError('sound-busy', { limit: mostWaiting >> 20 });
        }
        waiting += bytes;
        try {
          // all are asked for before the first is waited for: another message's must not come in between
          const asked = stretches.map((stretch) => analyse(source, stretch));
          const found = await Promise.all(asked);
          for (const spectrogram of found) context.send(messageOf(msg, spectrogram));
          const last = found.at(-1);
          if (last) show(context, last, broken);
        } finally {
          waiting -= bytes;
        }
        return undefined;
      },
      close: release,
    };

    async function analyse(source: string, { pcm, time }: Stretch): Promise<Spectrogram> {
      const analysed = await thread.analyse({ pcm, settings, picture });
      return { source, time, ...analysed, data: asBuffer(analysed.data), ...pngOf(analysed) };
    }
  },
});

function streamOf(streams: Map<string, Stream>, source: string, settings: Preset): Stream {
  const stream = streams.get(source) ?? new Stream(settings);
  streams.delete(source);
  streams.set(source, stream);
  const [oldest] = streams.keys();
  if (streams.size > mostSources && oldest !== undefined) streams.delete(oldest);
  return stream;
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

function show(context: NodeContext<unknown>, { quality, range }: Spectrogram, broken: boolean): void {
  if (quality.rms < silentBelow) context.status('warn', 'spectrogram.status.silent');
  else if (quality.clipped >= clippedFrom)
    context.status('warn', 'spectrogram.status.clipped', { share: (100 * quality.clipped).toFixed(1) });
  else if (broken) context.status('warn', 'spectrogram.status.gap');
  else context.status('ok', 'spectrogram.status.level', { level: Math.round(range.max) });
}
