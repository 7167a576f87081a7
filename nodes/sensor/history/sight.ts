import { type Sight, sawAgainMs } from '../../store/audit.js';
import type { Answer } from './answers.js';
import type { SoundAnswer } from './sound.js';

/** What of an answer somebody is told to have seen: an alert's timeline, and what a microphone heard; charts are no evidence. */
export function sightOf(answer: Answer | SoundAnswer): Omit<Sight, 'who' | 'way'> | undefined {
  if (answer.kind === 'alert' && answer.alert) {
    const { id: alert, key: what, policy } = answer.alert;
    return { what, detail: { policy, alert } };
  }
  if (answer.kind !== 'sound') return undefined;
  const { source, quantity, from } = answer;
  // who listens to the sound of another hour has heard something else
  const part = String(Math.floor(from / sawAgainMs));
  return { what: `${source}/${quantity}`, detail: { from: new Date(from).toISOString() }, part };
}
