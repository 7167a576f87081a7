import type { Channel } from './channel.js';
import { ask, parsed } from './http.js';
import { linkSecrets } from './links.js';
import { numberOf } from './numbers.js';
import { addressOf, basicsOf, type ChannelOptions, hidden, needed } from './settings.js';
import { smsText } from './sms.js';
import { textOf } from './words.js';

const longestSpoken = 600;
/** Messages and calls by REST (https://www.twilio.com/docs/messaging/api, https://www.twilio.com/docs/voice/api). */
export function twilio(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;
  return {
    ...basicsOf(options),
    async send({ notice }, signal) {
      const account = needed(name, 'user', secrets.user);
      const password = needed(name, 'password', secrets.password);
      const number = numberOf(name, addressOf(options, notice.to));
      const words: Record<string, string> = settings.voice
        ? { Twiml: spoken(`${notice.title}\n${textOf(notice)}`.slice(0, longestSpoken)) }
        : { Body: smsText(notice) };
      const said = await ask({
        ...{
          channel: name,
          signal,
          timeout: settings.timeout * 1000,
          secrets: [...hidden(secrets), ...linkSecrets(notice)],
        },
        url: `${settings.url || 'https://api.twilio.com'}/2010-04-01/Accounts/${account}/${settings.voice ? 'Calls' : 'Messages'}.json`,
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`,
        },
        body: new URLSearchParams({ To: number, From: needed(name, 'from', settings.from), ...words }).toString(),
      });
      const sid = parsed(said)['sid'];
      return typeof sid === 'string' ? { reference: sid } : {};
    },
  };
}

/** Said twice, since nobody listens from the first word on. */
function spoken(text: string): string {
  const words = text
    .replace(/[<>&'"]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const language = /[\uac00-\ud7a3]/.test(words) ? 'ko-KR' : 'en-US';
  return `<Response><Say language="${language}" loop="2">${words}</Say></Response>`;
}
