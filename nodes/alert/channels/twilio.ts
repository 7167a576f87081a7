import { redactText } from '../../kit/index.js';
import type { Channel, ProviderReceipt } from './channel.js';
import { channelError } from './errors.js';
import { ask, parsed, type Request } from './http.js';
import { linkSecrets } from './links.js';
import { numberOf } from './numbers.js';
import { addressOf, basicsOf, type ChannelOptions, hidden, needed } from './settings.js';
import { smsText } from './sms.js';
import { textOf } from './words.js';

const longestSpoken = 600;
const longestReason = 200;

/**
 * Messages and calls by REST (https://www.twilio.com/docs/messaging/api/message-resource,
 * https://www.twilio.com/docs/voice/api/call-resource).
 */
export function twilio(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;

  function request(path: string, signal: AbortSignal): Omit<Request, 'body'> {
    const account = needed(name, 'user', secrets.user);
    const password = needed(name, 'password', secrets.password);
    return {
      ...{ channel: name, signal, timeout: settings.timeout * 1000, secrets: hidden(secrets) },
      url: `${settings.url || 'https://api.twilio.com'}/2010-04-01/Accounts/${account}/${path}.json`,
      headers: { Authorization: `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}` },
    };
  }

  return {
    ...basicsOf(options),
    async send({ notice }, signal) {
      const to = request(settings.voice ? 'Calls' : 'Messages', signal);
      const number = numberOf(name, addressOf(options, notice.to));
      const words: Record<string, string> = settings.voice
        ? { Twiml: spoken(`${notice.title}\n${textOf(notice)}`.slice(0, longestSpoken)) }
        : { Body: smsText(notice) };
      const said = await ask({
        ...to,
        secrets: [...to.secrets, ...linkSecrets(notice)],
        headers: { ...to.headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ To: number, From: needed(name, 'from', settings.from), ...words }).toString(),
      });
      const sid = parsed(said)['sid'];
      return typeof sid === 'string' ? { reference: sid } : {};
    },
    async receipt(reference, signal) {
      // also of what was sent before the channel was set from calls to messages
      const what = reference.startsWith('CA') ? 'Calls' : 'Messages';
      const path = `${what}/${encodeURIComponent(reference)}`;
      return receiptOf(options, parsed(await ask({ ...request(path, signal), method: 'GET' })));
    },
  };
}

/** What is ended well: of a message, then of a call. A call that a voice mail has taken is `completed` too. */
const reached: readonly unknown[] = ['delivered', 'read', 'completed'];
const missed: readonly unknown[] = ['undelivered', 'failed', 'canceled', 'busy', 'no-answer'];

/** `sent` is no end, but some carriers tell no more. */
function receiptOf({ name: channel, secrets }: ChannelOptions, said: Record<string, unknown>): ProviderReceipt {
  const { status, error_code: code, error_message: words } = said;
  if (reached.includes(status)) return { state: 'reached' };
  if (!missed.includes(status)) return { state: 'pending' };
  const why = [code, words]
    .filter((one) => typeof one === 'number' || (typeof one === 'string' && one !== ''))
    .join(' ');
  const shown = redactText(why.replace(/\s+/g, ' '), hidden(secrets)).slice(0, longestReason);
  const problem = shown ? `${String(status)} (${shown})` : String(status);
  return { state: 'missed', problem: channelError('notify-missed', { channel, problem }) };
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
