import type { Kind } from '../machine/kinds.js';
import { geometryOf } from './geometry.js';
import { Accelerometer, type Ear, Microphone } from './microphone.js';
import type { Drive } from './pace.js';
import { Random } from './random.js';
import { Room } from './room.js';
import { Shaking, samplesOf } from './shaking.js';

/** A sensor at a machine. */
export interface Voice {
  /**
   * What comes next, mono; goes on without a seam wherever one call ends, and follows another drive within some tenths of a second.
   * @returns of a microphone in [-1, 1], of an accelerometer in g
   */
  next(samples: number, drive: Drive): Float32Array;
}

/** Mean level of a machine in good order at full load: of full scale, and in g. */
const [loud, shaken] = [0.06, 0.12];
/** g of an accelerometer at rest; share of its own level that comes over the floor at a noise of 0 dB. */
const [idle, floor] = [0.0008, 0.03];
/** s of its own sound from which a machine's level is taken. */
const trial = 0.25;
/** Hz */
const [lowest, highest] = [4000, 192_000];

/**
 * A microphone before a machine whose geometry, resonances, room and microphone follow from the seed.
 * @param seed any integer @param sampleRate Hz, 4 to 192 kHz @param kind undefined: any
 * @throws RangeError for another rate
 */
export function soundOf(seed: number, sampleRate: number, kind?: Kind): Voice {
  const samples = samplesOf(checked(sampleRate));
  const ear = (): Ear => new Microphone(seed, sampleRate, samples);
  const room = new Room(seed, sampleRate, samples / sampleRate, samples);
  const gain = loud / levelOf(seed, sampleRate, ear(), kind);
  return voice(new Shaking(seed, sampleRate, kind), ear(), (out, length, [first, last]) => {
    for (let i = 0; i < length; i++) (out[i] as number) *= gain;
    room.add(out, length, loud * first, loud * last);
    for (let i = 0; i < length; i++) out[i] = limited(out[i] as number);
  });
}

/** An accelerometer at the bearing of the same machine, in g; arguments as for `soundOf`. */
export function vibrationOf(seed: number, sampleRate: number, kind?: Kind): Voice {
  const samples = samplesOf(checked(sampleRate));
  const ear = (): Ear => new Accelerometer(seed, sampleRate);
  const room = new Room(seed ^ 0x5bd1e995, sampleRate, samples / sampleRate, samples);
  const electronics = new Random(seed, 95);
  const noise = new Float64Array(samples);
  const gain = shaken / levelOf(seed, sampleRate, ear(), kind);
  return voice(new Shaking(seed, sampleRate, kind), ear(), (out, length, [first, last]) => {
    electronics.fill(noise, length, idle);
    for (let i = 0; i < length; i++) out[i] = gain * (out[i] as number) + (noise[i] as number);
    room.add(out, length, floor * shaken * first, floor * shaken * last);
  });
}

type Finish = (out: Float64Array, samples: number, room: readonly [number, number]) => void;

function voice(shaking: Shaking, ear: Ear, finish: Finish): Voice {
  const { samples } = shaking;
  const made = new Float64Array(samples);
  let used = samples;
  return {
    next(count, drive) {
      const out = new Float32Array(count);
      for (let i = 0; i < count; ) {
        if (used === samples) {
          shaking.next(drive);
          ear.hear(shaking.forces, made, samples);
          finish(made, samples, shaking.room);
          used = 0;
        }
        const part = Math.min(count - i, samples - used);
        out.set(made.subarray(used, used + part), i);
        used += part;
        i += part;
      }
      return out;
    },
  };
}

function levelOf(seed: number, rate: number, ear: Ear, kind?: Kind): number {
  const shaking = new Shaking(seed, rate, kind);
  const { samples } = shaking;
  const drive: Drive = {
    shaft: geometryOf(seed, kind).rated,
    load: 1,
    condition: 'normal',
    severity: 0,
    noise: -100,
  };
  const out = new Float64Array(samples);
  const ticks = Math.ceil((trial * rate) / samples);
  const skipped = Math.ceil(ticks / 5);
  let squares = 0;
  for (let i = 0; i < ticks; i++) {
    shaking.next(drive);
    ear.hear(shaking.forces, out, samples);
    if (i >= skipped) for (const value of out) squares += value * value;
  }
  return Math.sqrt(squares / ((ticks - skipped) * samples));
}

/** Beyond three quarters of full scale a microphone gives in, gently. */
function limited(value: number): number {
  const size = Math.abs(value);
  if (size <= 0.75) return value;
  return Math.sign(value) * (0.75 + 0.25 * Math.tanh((size - 0.75) / 0.25));
}

function checked(rate: number): number {
  if (rate >= lowest && rate <= highest) return rate;
  throw new RangeError(`a sample rate of ${rate} Hz is not between ${lowest} and ${highest}`);
}
