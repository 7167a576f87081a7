import type { ChannelVerdict, DetectorOptions, FindingLike, Row, SensorFinding, Verdict } from './contract.js';
import { run } from './drift.js';
import { outlierError } from './errors.js';
import { judgeDrift, judgeHealth, listen, unwell } from './health.js';
import { OutlierJudge } from './judge.js';
import { SourceModel } from './model.js';
import { restoreModel, saveModel } from './snapshot.js';
import { stateBytes } from './state.js';

const defaults = { falseAlarmsPerWeek: 1, warmUp: 300 };

export interface Detector {
  /** One row; the time has to rise. Never throws: what can't be judged is said in the verdict's state. */
  update(row: Row): Verdict;
  /** Looks for silence. @param now UTC epoch milliseconds */
  tick(now: number): SensorFinding[];
  /** "This was fine": what is like it scores lower from now on, and what lasts is taken for usual. */
  feedback(finding: FindingLike): void;
  /** Everything that was learnt; a restored detector goes on as if nothing had been. */
  save(): Uint8Array;
  /** @throws outlier-state-newer, -broken, -other; the detector is as it was then */
  restore(state: Uint8Array): void;
  /** How much it remembers, always the same: bytes. */
  readonly bytes: number;
}

/**
 * Watches the numbers of one source without labels and in constant memory. The same rows give the same verdicts.
 * @throws outlier-bad-setting
 */
export function createDetector(options: DetectorOptions): Detector {
  const { channels: names, ranges = {} } = options;
  const { falseAlarmsPerWeek, warmUp } = { ...defaults, ...options };
  if (names.length === 0) {
    throw outlierError('outlier-bad-setting', { setting: 'channels', value: 'empty', expected: 'at least one' });
  }
  checkPositive('falseAlarmsPerWeek', falseAlarmsPerWeek);
  checkPositive('warmUp', warmUp);
  const model = new SourceModel(names.length);
  const judge = new OutlierJudge(model, names, { falseAlarmsPerWeek, warmUp });

  function update({ time, values, excluded = false }: Row): Verdict {
    if (!Number.isFinite(time) || !model.rhythm.follows(time)) return nothing('ignored');
    if (model.interrupted > 0 || model.rhythm.isGap(time)) for (const { channel } of model.channels) channel.resume();
    model.interrupted = excluded ? 1 : 0;
    const findings = listen(model, names, { now: time, came: true, ready: model.rows >= warmUp });
    model.rhythm.learn(time);
    if (excluded) {
      judge.pass(values, time);
      return { ...nothing('excluded'), findings };
    }
    model.rows++;
    const ready = model.rows > warmUp;
    const { channels, row } = judge.look(values, time);
    const creeping = judge.rare(run);
    findings.push(...row);
    for (const [index, own] of model.channels.entries()) {
      const value = values[index];
      if (value === undefined || !Number.isFinite(value)) continue;
      const limits = ranges[names[index] as string];
      findings.push(...judgeHealth(own, value, { names, index, time, decades: judge.decades, ready, limits }));
      own.channel.creep(value, time, creeping);
    }
    findings.push(...judgeDrift(model, { names, time, ready }));
    const { score, threshold } = channels.reduce((a, b) => (above(b) > above(a) ? b : a));
    const state = !ready ? 'warming-up' : judge.active || unwell(model) ? 'finding' : 'watching';
    return { state, score, threshold, channels, findings };
  }

  function nothing(state: 'ignored' | 'excluded'): Verdict {
    const threshold = Number.POSITIVE_INFINITY;
    const channels = names.map(() => ({ score: 0, threshold, expected: undefined }));
    return { state, score: 0, threshold, channels, findings: [] };
  }

  return {
    update,
    tick: (now) => listen(model, names, { now, came: false, ready: model.rows > warmUp }),
    feedback: (finding) => judge.allow(finding),
    save: () => saveModel(model, names),
    restore: (state) => restoreModel(model, names, state),
    get bytes() {
      return stateBytes(model);
    },
  };
}

/** How far a channel stands out; while warming up, when no threshold is known, its bare score. */
function above({ score, threshold }: ChannelVerdict): number {
  return Number.isFinite(threshold) ? score - threshold : score;
}

function checkPositive(setting: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw outlierError('outlier-bad-setting', { setting, value, expected: 'a number above 0' });
}
