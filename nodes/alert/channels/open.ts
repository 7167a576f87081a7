import type { PerceptError } from '../../kit/index.js';
import { type Channel, SendProblem } from './channel.js';
import { email } from './email.js';
import { mqtt } from './mqtt.js';
import { ntfy } from './ntfy.js';
import { push } from './push.js';
import type { ChannelOptions } from './settings.js';
import { sns } from './sns.js';
import { telegram } from './telegram.js';
import { twilio } from './twilio.js';
import { webhook } from './webhook.js';

const kinds = { email, webhook, ntfy, telegram, twilio, mqtt, push, sns };

/** Nothing is connected before something is sent. */
export function openChannel(options: ChannelOptions): Channel {
  return kinds[options.settings.kind](options);
}

/** Stands for one that cannot be used: what is sent goes on to the next. */
export function brokenChannel(id: string, problem: PerceptError): Channel {
  return {
    ...{ id, name: id, kind: '', perMinute: Number.POSITIVE_INFINITY },
    send: async () => {
      throw new SendProblem('refused', problem);
    },
  };
}
