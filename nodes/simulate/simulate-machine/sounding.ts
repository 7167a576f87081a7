import type { Message, NodeContext, Sound } from '../../kit/index.js';
import { seedOf } from '../machine/noise.js';
import { type Hear, Listening, type Stretch } from '../publish/listening.js';
import type { Outgoing } from '../publish/publisher.js';
import { soundOf, vibrationOf, voicesOf } from '../sound/index.js';
import { floatWav, integerWav, timedPcm, type WavFile } from '../sound/wav.js';
import { type SimulateMachineConfig, type SoundTopic, type Wave, waves } from './settings.js';
import type { Simulation } from './simulation.js';
import type { Uplink } from './uplink.js';

/**
 * Microphone and accelerometer at the machine, on outputs three and four and to the broker.
 * @returns undefined where it has neither
 */
export function soundingOf(
  context: NodeContext<SimulateMachineConfig>,
  simulation: Simulation,
  line: Uplink | undefined,
  topicOf: SoundTopic,
): Listening | undefined {
  const { config, metrics } = context;
  const chosen = waves.filter((wave) => (wave === 'sound' ? config.sound : config.waveform));
  if (chosen.length === 0) return undefined;
  const timed = line?.properties === true || config.soundTopic.includes('{time}');

  const heard = (stretch: Stretch): void => {
    const messages = new Map<Wave, Message>();
    const outgoing: Outgoing[] = [];
    for (const [i, wave] of chosen.entries()) {
      const file = fileOf(wave, stretch.waves[i] ?? new Float32Array(), config.sampleRate);
      const topic = topicOf(wave, stretch.time);
      messages.set(wave, messageOf(topic, file, config.machine, stretch.time));
      outgoing.push(outgoingOf(topic, file, stretch.time, timed));
    }
    context.send(null, null, messages.get('sound') ?? null, messages.get('vibration') ?? null);
    if (line) metrics.count(line.now(outgoing) ? 'heard' : 'unheard', outgoing.length);
  };
  return new Listening(
    { sampleRate: config.sampleRate, length: Math.round(1000 * config.stretch) },
    hearOf(config),
    (time) => simulation.drive(time),
    heard,
  );
}

function hearOf({ machine, seed, kind, sampleRate, sound, waveform }: SimulateMachineConfig): Hear {
  const mixed = seedOf(machine, seed);
  if (sound && waveform) {
    const voices = voicesOf(mixed, sampleRate, kind);
    return (samples, drive) => {
      const both = voices.next(samples, drive);
      return [both.sound, both.vibration];
    };
  }
  const voice = (sound ? soundOf : vibrationOf)(mixed, sampleRate, kind);
  return (samples, drive) => [voice.next(samples, drive)];
}

/** Sound as microphones give it, vibration in g. */
function fileOf(wave: Wave, values: Float32Array, sampleRate: number): WavFile {
  return wave === 'sound' ? integerWav(values, sampleRate) : floatWav(values, sampleRate);
}

function messageOf(topic: string, { bytes, ...pcm }: WavFile, source: string, time: number): Message {
  const sound: Sound = { source, ...pcm, time };
  return { topic, payload: bytes, sound } as Partial<Message> as Message;
}

/** @param timed the topic or the properties say when it was */
function outgoingOf(topic: string, file: WavFile, time: number, timed: boolean): Outgoing {
  if (!timed) return { topic, payload: timedPcm(file, time) };
  return {
    topic,
    payload: file.bytes,
    properties: { contentType: 'audio/wav', userProperties: { time: String(time) } },
  };
}
