/** Scores over time, a list each; all of the same length, times ascending. */
export interface Trail {
  /** ms UTC */
  readonly time: number[];
  readonly score: number[];
  readonly threshold: number[];
}

export interface Scored {
  readonly time: number;
  readonly score: number;
  readonly threshold: number;
}

/** ms that one point stands for: the highest score in it. */
export const pointEvery = 2000;
/** A quarter of an hour. */
export const mostPoints = 450;

/** What a machine scored lately. */
export class TrailKeeper {
  #points: Scored[] = [];
  #sent = 0;

  add(scored: Scored): void {
    const last = this.#points.at(-1);
    // another recording, or a clock that was set back
    if (last && scored.time < last.time - pointEvery * mostPoints) this.#points = [];
    else if (last && scored.time < last.time) return;
    if (last && stretchOf(last) === stretchOf(scored)) {
      this.#points[this.#points.length - 1] = { ...scored, score: Math.max(last.score, scored.score) };
    } else this.#points.push(scored);
    if (this.#points.length > mostPoints) this.#points.shift();
  }

  all(): Trail {
    return trailOf(this.#points);
  }

  /** What is new since it was last asked; the newest point may be one that grew. */
  fresh(): Trail {
    const fresh = this.#points.filter((point) => stretchOf(point) >= this.#sent);
    const last = fresh.at(-1);
    if (last) this.#sent = stretchOf(last);
    return trailOf(fresh);
  }
}

const stretchOf = ({ time }: Scored): number => Math.floor(time / pointEvery);

function trailOf(points: readonly Scored[]): Trail {
  return {
    time: points.map(({ time }) => time),
    score: points.map(({ score }) => score),
    threshold: points.map(({ threshold }) => threshold),
  };
}
