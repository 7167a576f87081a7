import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Pcm, readWav } from '../../dist/kit/wav.js';
import { channelsOf, mixed } from '../../dist/sound/samples.js';

/** What was recorded without a break: never partly learned and partly scored, nor others of the same name. */
export interface Recording {
  readonly name: string;
  readonly sampleRate: number;
  /** Channel by channel, at full scale 1 or in the sensor's unit. */
  readonly channels: readonly Float32Array[];
}

export interface Machine {
  readonly name: string;
  readonly normal: readonly Recording[];
  readonly strange: readonly Recording[];
}

export function readSound(path: string): Recording {
  const pcm = readWav(readFileSync(path), (problem) => new Error(`${path}: ${problem}`));
  return { name: path, sampleRate: pcm.sampleRate, channels: [mixed(channelsOf(pcm))] };
}

/** `normal/….wav` and everything else, at any depth. */
export function readFlights(folder: string): Machine | undefined {
  if (!existsSync(folder)) return undefined;
  const files = globSync('**/*.wav', { cwd: folder }).sort();
  const isNormal = (file: string): boolean => file.split(sep)[0] === 'normal';
  // the microphones of one flight lie side by side
  const flight = (file: string): Recording => ({ ...readSound(join(folder, file)), name: dirname(file) });
  return {
    name: 'uav',
    normal: files.filter(isNormal).map(flight),
    strange: files.filter((file) => !isNormal(file)).map(flight),
  };
}

/** A folder a state, each with its recordings. */
export function readStates(folder: string): Map<string, readonly Recording[]> {
  if (!existsSync(folder)) return new Map();
  const states = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(states.map(({ name }) => [name.toLowerCase(), readSounds(join(folder, name))]));
}

export function readSounds(folder: string): Recording[] {
  return globSync('**/*.wav', { cwd: folder })
    .sort()
    .map((file) => readSound(join(folder, file)));
}

/** `fan_<which>_<speed>_<0 or 1>_weight/<number>.csv`, each a window of x, y, z without a header. */
export function readFans(folder: string, sampleRate = 200): Machine[] {
  if (!existsSync(folder)) return [];
  const balanced = readdirSync(folder).filter((name) => /_0_weight$/.test(name));
  return balanced.sort().map((name) => ({
    name: name.replace(/_0_weight$/, '').replaceAll('_', '-'),
    normal: windowsIn(join(folder, name), sampleRate),
    strange: windowsIn(join(folder, name.replace(/_0_weight$/, '_1_weight')), sampleRate),
  }));
}

function windowsIn(folder: string, sampleRate: number): Recording[] {
  return globSync('*.csv', { cwd: folder })
    .sort()
    .map((file) => {
      const rows: string[][] = parse(readFileSync(join(folder, file)), { skip_empty_lines: true });
      const axes = rows[0]?.length ?? 0;
      const channels = Array.from({ length: axes }, (_, axis) => Float32Array.from(rows, (row) => Number(row[axis])));
      return { name: relative(folder, file), sampleRate, channels };
    });
}

/** Whole stretches, one after the other; what is left over at the end is not used. */
export function stretchesOf({ channels, sampleRate, name }: Recording, seconds: number): Recording[] {
  const length = Math.round(seconds * sampleRate);
  const count = Math.floor((channels[0]?.length ?? 0) / length);
  return Array.from({ length: count }, (_, i) => ({
    name,
    sampleRate,
    channels: channels.map((samples) => samples.subarray(i * length, (i + 1) * length)),
  }));
}

export function pcmOf({ channels, sampleRate }: Recording): Pcm {
  const length = channels[0]?.length ?? 0;
  const samples = Buffer.alloc(4 * length * channels.length);
  const view = new DataView(samples.buffer, samples.byteOffset);
  for (const [c, channel] of channels.entries())
    for (let i = 0; i < length; i++) view.setFloat32(4 * (i * channels.length + c), channel[i] as number, true);
  return { sampleRate, channels: channels.length, format: 'f32le', samples };
}

/** To another rate, by a windowed sinc whose pass band ends below half of the lower rate. */
export function resampled({ channels, sampleRate, name }: Recording, to: number): Recording {
  if (sampleRate === to) return { channels, sampleRate, name };
  const ratio = sampleRate / to;
  const cut = 0.95 / Math.max(1, ratio);
  const reach = Math.ceil(16 / cut);
  const convert = (samples: Float32Array): Float32Array =>
    Float32Array.from({ length: Math.floor(samples.length / ratio) }, (_, i) => {
      const at = i * ratio;
      let sum = 0;
      for (let k = Math.ceil(at - reach); k <= at + reach; k++) {
        const t = k - at;
        const x = Math.PI * cut * t;
        const taper = 0.5 + 0.5 * Math.cos((Math.PI * t) / (reach + 1));
        sum += (samples[k] ?? 0) * cut * (x === 0 ? 1 : Math.sin(x) / x) * taper;
      }
      return sum;
    });
  return { channels: channels.map(convert), sampleRate: to, name };
}

/** @param decibels signal to noise, by the power of both over the stretch */
export function withNoise(
  stretch: Recording,
  noise: readonly Recording[],
  decibels: number,
  random: () => number,
): Recording {
  const samples = stretch.channels[0] as Float32Array;
  const pick = noise[Math.floor(random() * noise.length)] as Recording;
  const from = pick.channels[0] as Float32Array;
  const start = Math.floor(random() * Math.max(1, from.length - samples.length));
  const piece = Float32Array.from(samples, (_, i) => from[(start + i) % from.length] as number);
  const gain = Math.sqrt(powerOf(samples) / powerOf(piece) / 10 ** (decibels / 10));
  return { ...stretch, channels: [samples.map((sample, i) => sample + gain * (piece[i] as number))] };
}

/** How strongly recordings shake on each axis, on average: standard deviations. */
export function strengthOf(recordings: readonly Recording[]): number[] {
  const axes = recordings[0]?.channels.length ?? 0;
  return Array.from({ length: axes }, (_, axis) => {
    const powers = recordings.map(({ channels }) => varianceOf(channels[axis] as Float32Array));
    return Math.sqrt(powers.reduce((sum, one) => sum + one, 0) / powers.length);
  });
}

/** Noise of a sensor on every axis. @param deviations of it */
export function withHiss(recording: Recording, deviations: readonly number[], random: () => number): Recording {
  const channels = recording.channels.map((samples, axis) => {
    // the sum of twelve even ones is as good as Gaussian; each has a variance of 1/3
    const noise = (): number => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, 0) / 2;
    return samples.map((sample) => sample + (deviations[axis] as number) * noise());
  });
  return { ...recording, channels };
}

function varianceOf(samples: Float32Array): number {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length;
}

function powerOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}
