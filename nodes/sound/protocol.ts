import type { Pcm } from '../kit/wav.js';
import type { Heard, NormalModel } from './normal/model.js';
import type { PictureSettings } from './picture.js';
import type { Analysed, SpectrogramSettings } from './spectrogram.js';

/** Answers by operation; the argument types beside them. */
export interface Operations {
  analyse: {
    args: { pcm: Pcm; settings: SpectrogramSettings; picture: PictureSettings | undefined };
    answer: Analysed & { readonly png?: Buffer };
  };
  learn: { args: { heard: Heard; now: number }; answer: NormalModel };
}
export type Operation = keyof Operations;

export type Request = { [O in Operation]: { readonly id: number; readonly op: O } & Operations[O]['args'] }[Operation];

export type Reply =
  | { readonly id: number; readonly answer: Operations[Operation]['answer'] }
  | { readonly id: number; readonly failure: Failure };

/** An error as it crosses the thread boundary; `code` is one of `soundError`'s, or empty. */
export interface Failure {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly message: string;
}

export const closeRequest = 'close';
