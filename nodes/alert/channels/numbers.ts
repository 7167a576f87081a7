import { SendProblem } from './channel.js';
import { channelError } from './errors.js';

/** In these countries and others they reach the police, an ambulance or the fire brigade. */
const emergency = /^\+?(?:000|10[0-9]|11[0-9]|122|133|144|15|17|18|190|19[1-9]|911|999|99[0-9])$/;

/** @returns a telephone number as providers want it. @throws SendProblem `notify-emergency` */
export function numberOf(channel: string, to: string): string {
  const number = to.replace(/[\s().-]/g, '');
  if (emergency.test(number)) throw new SendProblem('refused', channelError('notify-emergency', { channel, to }));
  return number;
}
