import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { ask, parsed } from './http.js';
import { addressOf, type ChannelOptions, hidden, needed } from './settings.js';
import { changesEarlier, textOf } from './words.js';

const longest = 4_096;

/** Bot API (https://core.telegram.org/bots/api): a message, or the change of the one before it in its thread. */
export function telegram(options: ChannelOptions): Channel {
  const { id, name, settings, secrets } = options;
  return {
    ...{ id, name, perMinute: settings.perMinute },
    async send({ notice, earlier }, signal) {
      const token = needed(name, 'token', secrets.token);
      const chat_id = addressOf(options, notice.to);
      const text = `${notice.title}\n\n${textOf(notice)}`.slice(0, longest);
      const call = async (method: string, body: object) =>
        await ask({
          ...{ channel: name, url: `${settings.url || 'https://api.telegram.org'}/bot${token}/${method}`, signal },
          ...{ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
          ...{ timeout: settings.timeout * 1000, secrets: hidden(secrets) },
        }).catch((thrown: unknown) => {
          throw explained(thrown, name, chat_id);
        });
      const last = earlier.at(-1);
      if (last !== undefined && changesEarlier(notice)) {
        const edit = { chat_id, text, message_id: Number(last) };
        const edited = await call('editMessageText', edit).then(
          () => true,
          (thrown: unknown) => {
            // somebody deleted it, or it says that already
            if (thrown instanceof SendProblem && thrown.problem.code === 'notify-refused')
              return /not modified/i.test(thrown.message);
            throw thrown;
          },
        );
        if (edited) return { reference: last };
      }
      const said = parsed(await call('sendMessage', { chat_id, text, disable_notification: notice.quiet }));
      const message = (said['result'] as { message_id?: unknown } | undefined)?.message_id;
      return typeof message === 'number' ? { reference: String(message) } : {};
    },
  };
}

/** A chat that does not exist, and a bot that was thrown out of it, are matters of the recipient. */
function explained(thrown: unknown, channel: string, to: string): unknown {
  if (!(thrown instanceof SendProblem) || thrown.failure !== 'refused') return thrown;
  const said = String(thrown.problem.params['problem'] ?? '');
  return /chat not found|user is deactivated|blocked by the user|kicked/i.test(said)
    ? new SendProblem('refused', channelError('notify-recipient', { channel, to, problem: said }))
    : thrown;
}
