import type { Channel } from './channel.js';
import { ask, parsed } from './http.js';
import { numberOf } from './numbers.js';
import { addressOf, type ChannelOptions, hidden, needed } from './settings.js';
import { textOf } from './words.js';

/** Texts are told in a few SMS at most. */
const longestSms = 480;
const longestSpoken = 600;
/** Messages and calls by REST (https://www.twilio.com/docs/messaging/api, https://www.twilio.com/docs/voice/api). */
export function twilio(options: ChannelOptions): Channel {
  const { id, name, settings, secrets } = options;
  return {
    ...{ id, name, perMinute: settings.perMinute },
    async send({ notice }, signal) {
      const account = needed(name, 'user', secrets.user);
      const password = needed(name, 'password', secrets.password);
      const number = numberOf(name, addressOf(options, notice.to));
      const text = `${notice.title}\n${textOf(notice)}`;
      const words: Record<string, string> = settings.voice
        ? { Twiml: spoken(text.slice(0, longestSpoken)) }
        : { Body: text.slice(0, longestSms) };
      const said = await ask({
        ...{ channel: name, signal, timeout: settings.timeout * 1000, secrets: hidden(secrets) },
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
