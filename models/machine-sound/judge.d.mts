import type { Model } from '../../dist/inference/registry.js';
import type { Condition, Drive } from '../../dist/simulate/sound/index.js';

export interface Listener {
  outputs(picture: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}
export declare function listener(model: Model): Promise<Listener>;

export interface Heard {
  readonly drive: Drive;
  readonly condition: Condition;
}
export declare function heardOf(model: Model, first: number, count: number): Promise<readonly Heard[]>;
export declare function accuraciesOf(heard: readonly Heard[]): Readonly<Record<string, number>>;
