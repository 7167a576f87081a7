import type { Networks } from '../network/networks.js';
import { type Judge, type JudgeSettings, judgeOf } from '../normal/judge.js';
import { type NormalModel, readModel } from '../normal/model.js';
import { isNamed, type Named } from './keep.js';

/** The judge that a model makes. */
export type MakeJudge = (model: NormalModel | Named, offset?: readonly number[]) => Judge;

/** @returns throws PerceptError `sound-model` for what is no model */
export function judgesBy(networks: Pick<Networks, 'judge'>, settings: JudgeSettings): MakeJudge {
  return (model, offset) => {
    if (!isNamed(model)) return judgeOf(readModel(model), settings, offset);
    const { calibration } = model;
    return networks.judge(model, calibration && { calibration, perDay: settings.perDay });
  };
}
