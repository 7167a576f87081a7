import type { Finding, Spectrogram } from '../../kit/index.js';
import { say } from './texts.js';

/** Below -90 dB of full scale there is not even the noise of a microphone. */
const silentBelow = 3e-5;
const clippedFrom = 0.01;
/** Of full scale: so far beside zero no microphone's converter lies that is whole, and half of the room for loud is gone. */
const besideZero = 0.1;
/** A fault of the microphone lasts; a knock against it doesn't. */
const inRow = 3;

type Trouble = 'silent' | 'clipped' | 'offset';

/** The microphone's own health: what it doesn't hear can't be judged. */
export class Ear {
  readonly #open = new Map<Trouble, Finding>();
  readonly #rows: Record<Trouble, { count: number; since: number }> = {
    silent: { count: 0, since: 0 },
    clipped: { count: 0, since: 0 },
    offset: { count: 0, since: 0 },
  };

  /** Findings that begin or end with this stretch. */
  take({ source, time, quality, scale }: Spectrogram): Finding[] {
    // an accelerometer's numbers have a unit, not a full scale, and a machine that stands still is silent
    if (scale === 'linear') return [];
    const offset = Math.abs(quality.mean);
    // what is cut off more on one side than on the other lies beside zero for that reason
    const isBeside = offset > besideZero && quality.clipped < clippedFrom;
    return [
      ...this.#follow('offset', isBeside, source, time, offset, besideZero),
      ...this.#follow('silent', quality.rms < silentBelow, source, time, quality.rms, silentBelow),
      ...this.#follow('clipped', quality.clipped >= clippedFrom, source, time, quality.clipped, clippedFrom),
    ];
  }

  /** Whether this stretch says nothing about the machine. */
  isDeaf({ quality, scale }: Spectrogram): boolean {
    return scale === 'mel' && quality.rms < silentBelow;
  }

  #follow(
    trouble: Trouble,
    is: boolean,
    source: string,
    time: number,
    score: number,
    threshold: number,
  ): readonly Finding[] {
    const row = this.#rows[trouble];
    const open = this.#open.get(trouble);
    if (!is) {
      row.count = 0;
      this.#open.delete(trouble);
      return open ? [{ ...open, until: time }] : [];
    }
    if (row.count === 0) row.since = time;
    row.count++;
    if (open || row.count < inRow) return [];
    const finding: Finding = {
      kind: `microphone-${trouble}`,
      source,
      quantity: '',
      score,
      threshold,
      severity: trouble === 'silent' ? 'warning' : 'notice',
      since: row.since,
      reasons: [say(trouble)],
      evidence: [],
    };
    this.#open.set(trouble, finding);
    return [finding];
  }
}
