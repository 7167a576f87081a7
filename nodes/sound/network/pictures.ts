import type { Card } from '../../inference/card.js';
import type { Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { networkPicture, normalised } from '../network-input.js';
import { otherIn } from '../normal/judge.js';

/** What a network looks at: so many bands high and frames wide. */
interface Size {
  readonly channels: number;
  readonly bands: number;
  readonly frames: number;
}

/** As many as fit without a gap, and one more that ends with the stretch where frames are left over. */
export interface Pictures {
  readonly dims: readonly number[];
  readonly size: Size;
  /** Each as the network wants it. */
  readonly all: readonly Float32Array[];
}

/**
 * A stretch as the network of a card wants it: `[n, channels, bands, frames]` (NCHW), `[n, bands, frames, channels]` (NHWC) or
 * a picture in one row. Where the card says null any number will do.
 * @throws PerceptError `sound-network-form`: the card's network looks at something else; `sound-network-sound`
 */
export function picturesOf(spectrogram: Spectrogram, card: Card): Pictures {
  checkSound(spectrogram, card);
  const size = sizeFor(spectrogram, card);
  const [, frames] = spectrogram.shape;
  const count = Math.ceil(frames / size.frames);
  const all = Array.from({ length: count }, (_, i) => {
    const from = Math.min(i * size.frames, frames - size.frames);
    return normalised(picture(spectrogram, size, from, card.input.layout), card.input);
  });
  return { dims: dimsOf(size, card), size, all };
}

/** At another rate its bands lie elsewhere, and the picture looks as well as any. @throws PerceptError `sound-network-sound` */
function checkSound(spectrogram: Spectrogram, { input, name }: Card): void {
  const other = input.sound && otherIn(spectrogram, input.sound);
  if (other) throw soundError('sound-network-sound', { source: spectrogram.source, model: name, ...other });
}

function sizeFor({ shape: [channels, frames, bands], source }: Spectrogram, card: Card): Size {
  const { shape, layout } = card.input;
  const [, second, third, fourth] = shape;
  const wanted =
    layout === 'matrix'
      ? { channels: 1, bands, frames: (second ?? bands * frames) / bands }
      : layout === 'NCHW'
        ? { channels: second, bands: third, frames: fourth }
        : { channels: fourth, bands: second, frames: third };
  const size = {
    channels: wanted.channels ?? channels,
    bands: wanted.bands ?? bands,
    frames: wanted.frames ?? frames,
  };
  const rank = layout === 'matrix' ? 2 : 4;
  const isRight =
    shape.length === rank &&
    size.channels === channels &&
    size.bands === bands &&
    Number.isInteger(size.frames) &&
    size.frames <= frames;
  if (isRight) return size;
  throw soundError('sound-network-form', {
    source,
    model: card.name,
    expected: `${layout} [${shape.map((each) => each ?? 'any').join(', ')}]`,
    found: `${channels} x ${bands} x ${frames}`,
  });
}

function dimsOf({ channels, bands, frames }: Size, { input: { layout } }: Card): readonly number[] {
  if (layout === 'matrix') return [1, bands * frames];
  return layout === 'NCHW' ? [1, channels, bands, frames] : [1, bands, frames, channels];
}

function picture(spectrogram: Spectrogram, size: Size, from: number, layout: Card['input']['layout']): Float32Array {
  const { channels, bands, frames } = size;
  const area = bands * frames;
  const joined = new Float32Array(channels * area);
  for (let channel = 0; channel < channels; channel++) {
    const at = 4 * bands * (channel * spectrogram.shape[1] + from);
    const data = spectrogram.data.subarray(at, at + 4 * area);
    const own = networkPicture({ shape: [1, frames, bands], data });
    if (layout === 'NHWC') for (let i = 0; i < area; i++) joined[i * channels + channel] = own[i] as number;
    else joined.set(own, channel * area);
  }
  return joined;
}
