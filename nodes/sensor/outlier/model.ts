import { Channel } from './channel.js';
import { Episode } from './episode.js';
import { Rhythm } from './rhythm.js';
import { mostTogether, Together } from './together.js';

/** What is remembered of one channel. */
export class ChannelModel {
  channel = new Channel();
  stuck = new Episode();
  silent = new Episode();
  quantised = new Episode();
  range = new Episode();
}

/** Everything that is remembered of one source. */
export class SourceModel {
  channels: readonly ChannelModel[];
  together: Together | undefined;
  rhythm = new Rhythm();
  rows = 0;
  /** 1 when the next row doesn't continue the last one. */
  interrupted = 0;
  outlier = new Episode();
  drift = new Episode();
  silent = new Episode();

  constructor(channels: number) {
    this.channels = Array.from({ length: channels }, () => new ChannelModel());
    this.together = channels > 1 && channels <= mostTogether ? new Together(channels) : undefined;
  }
}
