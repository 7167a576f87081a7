import { createHash } from 'node:crypto';
import type { AlertNotice } from '../../kit/index.js';
import type { Channel } from './channel.js';
import { ask } from './http.js';
import { linkSecrets, tapsOf } from './links.js';
import { addressOf, basicsOf, type ChannelOptions, hidden } from './settings.js';
import { textOf } from './words.js';

const priority = { notice: 3, warning: 4, critical: 5 };
const tags = { notice: 'information_source', warning: 'warning', critical: 'rotating_light' };
const quietPriority = 2;

/**
 * Published as JSON to the server's root (https://docs.ntfy.sh/publish/#publish-as-json). `sequence_id` lets a later one take
 * the place of what is shown of its thread.
 */
export function ntfy(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;
  return {
    ...basicsOf(options),
    async send({ notice, thread }, signal) {
      const body = JSON.stringify({
        topic: addressOf(options, notice.to),
        title: notice.title,
        message: textOf(notice),
        priority: notice.quiet ? quietPriority : priority[notice.severity],
        tags: [tagOf(notice)],
        ...actionsOf(notice),
        sequence_id: createHash('sha256').update(thread).digest('hex').slice(0, 32),
      });
      const headers = {
        'Content-Type': 'application/json',
        ...(secrets.token ? { Authorization: `Bearer ${secrets.token}` } : {}),
      };
      await ask({
        ...{ channel: name, url: settings.url || 'https://ntfy.sh', headers, body, signal },
        ...{ timeout: settings.timeout * 1000, secrets: [...hidden(secrets), ...linkSecrets(notice)] },
      });
      return {};
    },
  };
}

/** A tap on the notice opens the alert; one on the button takes it from where it is, without a page. */
function actionsOf(notice: AlertNotice): object {
  const taps = tapsOf(notice);
  const [open] = taps;
  if (!open) return {};
  const actions = taps.map(({ label, url, takes }) =>
    takes
      ? { action: 'http', label, url, method: 'POST', headers: { Accept: 'application/json' }, clear: true }
      : { action: 'view', label, url },
  );
  return { click: open.url, actions };
}

function tagOf({ occasion, severity }: AlertNotice): string {
  return occasion === 'resolved' || occasion === 'acknowledged' ? 'white_check_mark' : tags[severity];
}
