/** A sound that is being played. */
export interface Playing {
  readonly seconds: number;
  /** By how much it was made louder. */
  readonly gain: number;
  /** s since it began. */
  position(): number;
  stop(): void;
}

/** A fault is often quieter than a voice; beyond this one would hear the microphone alone. */
const mostGain = 100;
const loudest = 0.7;
let context: AudioContext | undefined;

/** Call it in the handler of a click: browsers let nothing sound that nobody asked for. */
export function readyToPlay(): void {
  context ??= new AudioContext();
  void context.resume();
}

/**
 * @param wav a WAV file
 * @param ended called once, also when it was stopped
 * @throws DOMException where the browser can't read it
 */
export async function play(wav: ArrayBuffer, ended: () => void): Promise<Playing> {
  context ??= new AudioContext();
  const sound = await context.decodeAudioData(wav.slice(0));
  const gain = Math.min(mostGain, loudest / Math.max(1e-6, peakOf(sound)));
  const [source, volume] = [context.createBufferSource(), context.createGain()];
  source.buffer = sound;
  volume.gain.value = gain;
  source.connect(volume).connect(context.destination);
  source.addEventListener('ended', ended, { once: true });
  source.start();
  const began = context.currentTime;
  return {
    seconds: sound.duration,
    gain,
    position: () => (context?.currentTime ?? began) - began,
    stop: () => source.stop(),
  };
}

function peakOf(sound: AudioBuffer): number {
  let peak = 0;
  for (let channel = 0; channel < sound.numberOfChannels; channel++)
    for (const sample of sound.getChannelData(channel)) if (Math.abs(sample) > peak) peak = Math.abs(sample);
  return peak;
}
