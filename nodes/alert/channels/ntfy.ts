import { createHash } from 'node:crypto';
import type { AlertNotice } from '../../kit/index.js';
import type { Channel } from './channel.js';
import { ask } from './http.js';
import { addressOf, type ChannelOptions, hidden } from './settings.js';
import { textOf } from './words.js';

const priority = { notice: 3, warning: 4, critical: 5 };
const tags = { notice: 'information_source', warning: 'warning', critical: 'rotating_light' };
const quietPriority = 2;

/**
 * Published as JSON to the server's root (https://docs.ntfy.sh/publish/#publish-as-json). `sequence_id` lets a later one take
 * the place of what is shown of its thread.
 */
export function ntfy(options: ChannelOptions): Channel {
  const { id, name, settings, secrets } = options;
  return {
    ...{ id, name, perMinute: settings.perMinute },
    async send({ notice, thread }, signal) {
      const body = JSON.stringify({
        topic: addressOf(options, notice.to),
        title: notice.title,
        message: textOf(notice),
        priority: notice.quiet ? quietPriority : priority[notice.severity],
        tags: [tagOf(notice)],
        sequence_id: createHash('sha256').update(thread).digest('hex').slice(0, 32),
      });
      const headers = {
        'Content-Type': 'application/json',
        ...(secrets.token ? { Authorization: `Bearer ${secrets.token}` } : {}),
      };
      await ask({
        ...{ channel: name, url: settings.url || 'https://ntfy.sh', headers, body, signal },
        ...{ timeout: settings.timeout * 1000, secrets: hidden(secrets) },
      });
      return {};
    },
  };
}

function tagOf({ occasion, severity }: AlertNotice): string {
  return occasion === 'resolved' || occasion === 'acknowledged' ? 'white_check_mark' : tags[severity];
}
