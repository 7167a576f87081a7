import type { Band, Kind, SensorFinding } from './contract.js';
import type { Drift } from './drift.js';
import type { Episode, Told } from './episode.js';
import type { ChannelModel, SourceModel } from './model.js';
import type { Rhythm } from './rhythm.js';

export interface Limits {
  readonly low?: number;
  readonly high?: number;
}

export interface Seen {
  readonly names: readonly string[];
  readonly index: number;
  readonly time: number;
  /** How rare what is told has to be, in decades. */
  readonly decades: number;
  /** Nothing is told while it warms up; what was learnt then is usual. */
  readonly ready: boolean;
  readonly limits: Limits | undefined;
}

/** What is the matter with the sensor itself, whatever it measures. */
export function judgeHealth(model: ChannelModel, value: number, seen: Seen): SensorFinding[] {
  const { channel } = model;
  const { time, decades } = seen;
  const findings: SensorFinding[] = [];
  const tell = (kind: Kind, episode: Episode, is: boolean, told: () => Told): void => {
    const finding = follow(kind, episode, is, seen, told);
    if (finding) findings.push(finding);
  };
  const stuck = channel.stuck.learn(value, time, decades);
  tell('stuck', model.stuck, stuck && seen.ready, () => {
    const interval = channel.rhythm.usual.value;
    const limit = channel.stuck.limit(decades);
    const expected = { low: 0, high: limit * interval };
    const [score, since] = [channel.stuck.run, channel.stuck.since];
    return { score, threshold: limit, amount: score / limit, seen: time - since, expected, compared: 'pauses', since };
  });
  const coarse = channel.resolution.learn(value, time);
  tell('quantised', model.quantised, coarse && seen.ready, () => {
    const { different, usual, since } = channel.resolution;
    const expected = { low: usual.value / 2, high: Number.POSITIVE_INFINITY };
    const score = usual.value / different;
    return { score, threshold: 4, amount: score, seen: different, expected, compared: 'resolution', since };
  });
  // a physical limit needs no warming up
  const band = beyond(value, seen.limits);
  tell('range', model.range, band !== undefined, () => {
    const expected = band as Band;
    const amount = value > expected.high ? value - expected.high : value - expected.low;
    return { score: 1, threshold: 0, amount, seen: value, expected, compared: 'limits', since: time };
  });
  return findings;
}

/**
 * Creeping: all that a source measures follows what its machine has to do, so what creeps at one time is one finding, of the
 * channel that goes farthest.
 * @param ready nothing is told while it warms up
 */
export function judgeDrift(
  model: SourceModel,
  { names, time, ready }: Pick<Seen, 'names' | 'time' | 'ready'>,
): SensorFinding[] {
  const { channels, drift: episode } = model;
  const drifting = [...channels.keys()].filter((i) => driftOf(i).drifting > 0);
  const farther = (a: number, b: number): number => (share(b) > share(a) ? b : a);
  const index = drifting.reduce(farther, drifting[0] ?? 0);
  const is = drifting.length > 0 && (ready || episode.open);
  const told = (): Told => {
    const drift = driftOf(index);
    const seen = (channels[index] as ChannelModel).channel.value;
    const { way, limit, since, means, usual } = drift;
    const start = means[0] as number;
    const expected = { low: start - usual.value, high: start + usual.value };
    return { score: Math.abs(way), threshold: limit, amount: way, seen, expected, compared: 'level', since };
  };
  const finding = follow('drift', episode, is, { names, index, time }, told, drifting);
  return finding ? [finding] : [];

  function driftOf(i: number): Drift {
    return (channels[i] as ChannelModel).channel.drift;
  }
  function share(i: number): number {
    return Math.abs(driftOf(i).way) / driftOf(i).limit;
  }
}

/**
 * Silence: of the source, or of a channel whose value is missing from the rows of the others.
 * @param now time of the row that came, or of the clock
 * @param came whether a row came
 * @param ready nothing is told while it warms up
 */
export function listen(
  model: SourceModel,
  names: readonly string[],
  { now, came, ready }: { now: number; came: boolean; ready: boolean },
): SensorFinding[] {
  const source = model.rhythm;
  const findings: (SensorFinding | undefined)[] = [];
  const whole = ready && !came && source.isSilent(now);
  // where there is one channel only, it is the one that is silent: what else its source measures is watched elsewhere
  const index = names.length === 1 ? 0 : names.length;
  findings.push(follow('silent', model.silent, whole, { names, index, time: now }, () => silence(source, now)));
  if (!came) return findings.filter((finding) => finding !== undefined);
  for (const [index, { channel, silent }] of model.channels.entries()) {
    const is = ready && channel.rhythm.isSilent(now) && channel.rhythm.last < source.last;
    findings.push(follow('silent', silent, is, { names, index, time: now }, () => silence(channel.rhythm, now)));
  }
  return findings.filter((finding) => finding !== undefined);
}

/** Whether something is the matter with one of the sensors. */
export function unwell({ channels, drift }: SourceModel): boolean {
  if (drift.open) return true;
  return channels.some(({ stuck, silent, quantised, range }) =>
    [stuck, silent, quantised, range].some(({ open }) => open),
  );
}

function silence({ last, limit }: Rhythm, now: number): Told {
  const pause = now - last;
  const expected = { low: 0, high: limit };
  return {
    score: pause,
    threshold: limit,
    amount: pause / limit,
    seen: pause,
    expected,
    compared: 'pauses',
    since: last,
  };
}

/**
 * Begins, goes on with or ends an episode; gives what there is to say about it.
 * @param joining indexes of the channels that it shows in now
 */
export function follow(
  kind: Kind,
  episode: Episode,
  is: boolean,
  { names, index, time }: Pick<Seen, 'names' | 'index' | 'time'>,
  told: () => Told,
  joining: readonly number[] = [],
): SensorFinding | undefined {
  const begins = is && !episode.open;
  if (begins) episode.begin(index, told());
  for (const channel of joining) episode.join(channel);
  if (begins) return episode.finding(kind, names);
  if (is || !episode.open) return undefined;
  const finding = episode.finding(kind, names, time);
  episode.end(time);
  return finding;
}

function beyond(value: number, limits: Limits | undefined): Band | undefined {
  const band = { low: limits?.low ?? Number.NEGATIVE_INFINITY, high: limits?.high ?? Number.POSITIVE_INFINITY };
  return value < band.low || value > band.high ? band : undefined;
}
