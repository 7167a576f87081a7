/** Sound and vibration. A browser lets a page make a sound only after somebody has tapped on it. */
const every = 2_400;
const wish = 'percept-phone-sound';

/** @type {AudioContext | undefined} */
let audio;
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

export function soundIsOn() {
  return audio?.state === 'running';
}

/** Whether it was turned on here before: then the first tap anywhere is enough. */
export function soundWasOn() {
  return localStorage.getItem(wish) === 'on';
}

/** To be called within a tap. */
export async function turnSoundOn() {
  audio ??= new AudioContext();
  await audio.resume();
  localStorage.setItem(wish, 'on');
}

export function isRinging() {
  return timer !== undefined;
}

export function startRinging() {
  if (timer !== undefined) return;
  once();
  timer = setInterval(once, every);
}

export function stopRinging() {
  clearInterval(timer);
  timer = undefined;
  vibrate(0);
}

/** Two tones, twice: to be told from a telephone's and from an alarm clock's. */
export function once() {
  vibrate([350, 150, 350]);
  if (audio?.state !== 'running') return;
  for (const [index, frequency] of [880, 660, 880, 660].entries())
    tone(audio, frequency, audio.currentTime + index * 0.28);
}

/**
 * @param {AudioContext} context
 * @param {number} frequency Hz
 * @param {number} at s
 */
function tone(context, frequency, at) {
  const [source, gain] = [context.createOscillator(), context.createGain()];
  source.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.35, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.26);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + 0.27);
}

/**
 * No desktop does, nor a phone before the first tap.
 * @param {number | number[]} pattern ms
 */
function vibrate(pattern) {
  if ('vibrate' in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate(pattern);
}
