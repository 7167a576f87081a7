import type { Kind } from '../machine/kinds.js';
import { Accelerometer, type Ear, Microphone } from './ear.js';
import { geometryOf } from './geometry.js';
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

/** Microphone and accelerometer at one machine at once, for little more than one of them costs. */
export interface Voices {
  next(samples: number, drive: Drive): { readonly sound: Float32Array; readonly vibration: Float32Array };
}

/** Mean level of a machine in good order at full load: of full scale, and in g. */
const [loud, shaken] = [0.03, 0.12];
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
  const shaking = new Shaking(seed, checked(sampleRate), kind);
  return single(shaking, microphone(seed, sampleRate, kind));
}

/** An accelerometer at the bearing of the same machine, in g; arguments as for `soundOf`. */
export function vibrationOf(seed: number, sampleRate: number, kind?: Kind): Voice {
  const shaking = new Shaking(seed, checked(sampleRate), kind);
  return single(shaking, accelerometer(seed, sampleRate, kind));
}

/** The same as `soundOf` and `vibrationOf` give. */
export function voicesOf(seed: number, sampleRate: number, kind?: Kind): Voices {
  const shaking = new Shaking(seed, checked(sampleRate), kind);
  const sensors = [microphone(seed, sampleRate, kind), accelerometer(seed, sampleRate, kind)];
  const next = stream(shaking, sensors);
  return {
    next(samples, drive) {
      const [sound, vibration] = [new Float32Array(samples), new Float32Array(samples)];
      next([sound, vibration], drive);
      return { sound, vibration };
    },
  };
}

interface Sensor {
  readonly ear: Ear;
  /** @param room amplitude of the room at the beginning and the end, in what the machine has at full load */
  finish(out: Float64Array, samples: number, room: readonly [number, number]): void;
}

function microphone(seed: number, rate: number, kind: Kind | undefined): Sensor {
  const samples = samplesOf(rate);
  const room = new Room(seed, rate, samples / rate, samples);
  const gain = loud / levelOf(seed, rate, new Microphone(seed, rate, samples), kind);
  return {
    ear: new Microphone(seed, rate, samples),
    finish(out, length, [first, last]) {
      for (let i = 0; i < length; i++) out[i] = gain * (out[i] as number);
      room.add(out, length, loud * first, loud * last);
      for (let i = 0; i < length; i++) out[i] = limited(out[i] as number);
    },
  };
}

function accelerometer(seed: number, rate: number, kind: Kind | undefined): Sensor {
  const samples = samplesOf(rate);
  const room = new Room(seed ^ 0x5bd1e995, rate, samples / rate, samples);
  const electronics = new Random(seed, 95);
  const noise = new Float64Array(samples);
  const gain = shaken / levelOf(seed, rate, new Accelerometer(seed, rate), kind);
  const floored = floor * shaken;
  return {
    ear: new Accelerometer(seed, rate),
    finish(out, length, [first, last]) {
      electronics.fill(noise, length, idle * Math.sqrt(rate / 16_000));
      for (let i = 0; i < length; i++) out[i] = gain * (out[i] as number) + (noise[i] as number);
      room.add(out, length, floored * first, floored * last);
    },
  };
}

function single(shaking: Shaking, sensor: Sensor): Voice {
  const next = stream(shaking, [sensor]);
  return {
    next(samples, drive) {
      const out = new Float32Array(samples);
      next([out], drive);
      return out;
    },
  };
}

/** Fills as many samples as there is room for, one array a sensor, tick by tick; what a tick has left over comes first next time. */
function stream(shaking: Shaking, sensors: readonly Sensor[]): (outs: readonly Float32Array[], drive: Drive) => void {
  const { samples } = shaking;
  const made = sensors.map(() => new Float64Array(samples));
  let used = samples;
  return (outs, drive) => {
    const count = outs[0]?.length ?? 0;
    for (let i = 0; i < count; ) {
      if (used === samples) {
        shaking.next(drive);
        for (let s = 0; s < sensors.length; s++) {
          const [sensor, tick] = [sensors[s] as Sensor, made[s] as Float64Array];
          sensor.ear.hear(shaking.forces, tick, samples);
          sensor.finish(tick, samples, shaking.room);
        }
        used = 0;
      }
      const part = Math.min(count - i, samples - used);
      for (let s = 0; s < sensors.length; s++) {
        const [out, tick] = [outs[s] as Float32Array, made[s] as Float64Array];
        for (let j = 0; j < part; j++) out[i + j] = tick[used + j] as number;
      }
      used += part;
      i += part;
    }
  };
}

/** Of a machine in good order at full load, as an ear has it. */
function levelOf(seed: number, rate: number, ear: Ear, kind: Kind | undefined): number {
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
