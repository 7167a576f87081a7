import type { Condition, Drive } from '../../dist/simulate/sound/index.js';

export declare const conditions: readonly Condition[];
export declare const sampleRate: number;
export declare const heardAs: { sampleRate: number; window: number; hop: number; scale: 'mel' };
export declare const clipLength: number;
export declare const seeds: { readonly learn: number; readonly judge: number };

export interface Clip {
  readonly drive: Drive;
  readonly samples: Float32Array<ArrayBuffer>;
}
export declare function driveOf(seed: number, given?: Partial<Drive>): Drive;
export declare function clipOf(seed: number, given?: Partial<Drive>): Clip;
export declare function pictureOf(samples: Float32Array): Promise<Float32Array>;
