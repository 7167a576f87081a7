import { createHmac } from 'node:crypto';
import type { Channel } from './channel.js';
import { ask } from './http.js';
import { linkSecrets } from './links.js';
import { addressOf, basicsOf, type ChannelOptions, hidden, needed } from './settings.js';

/**
 * What the receiver compares: HMAC-SHA256 of the time, a dot and the body, as Stripe and others sign.
 * @param time s UTC
 */
export function signatureOf(secret: string, time: number, body: string): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/** `POST` of the notice as JSON; the key lets the receiver know a repeat. */
export function webhook(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;
  return {
    ...basicsOf(options),
    async send({ notice, key }, signal) {
      const url = settings.url ? settings.url : addressOf(options, notice.to);
      const body = JSON.stringify({ alert: notice });
      const headers = {
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
        ...(secrets.token
          ? { 'Percept-Signature': signatureOf(secrets.token, Math.floor(Date.now() / 1000), body) }
          : {}),
      };
      await ask({
        ...{ channel: name, url: needed(name, 'url', url), headers, body, signal },
        ...{ timeout: settings.timeout * 1000, secrets: [...hidden(secrets), ...linkSecrets(notice)] },
      });
      return {};
    },
  };
}
