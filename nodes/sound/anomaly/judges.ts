import type { Networks } from '../network/networks.js';
import { type Judge, type JudgeSettings, judgeOf } from '../normal/judge.js';
import { type NormalModel, readModel } from '../normal/model.js';
import { isNamed, type Named } from './keep.js';

/** The judge that a model makes. */
export type MakeJudge = (model: NormalModel | Named, offset?: readonly number[]) => Judge;

/** @returns throws PerceptError `sound-model` for what is no model */
export function judgesBy(networks: Pick<Networks, 'judge'>, settings: JudgeSettings): MakeJudge {
  return (model, offset) => (isNamed(model) ? networks.judge(model) : judgeOf(readModel(model), settings, offset));
}
