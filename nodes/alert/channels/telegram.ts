import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { ask, parsed } from './http.js';
import { linkSecrets, tapLines, tapsOf } from './links.js';
import { addressOf, basicsOf, type ChannelOptions, hidden, needed } from './settings.js';
import { changesEarlier, textOf } from './words.js';

const longest = 4_096;

/** Bot API (https://core.telegram.org/bots/api): a message, or the change of the one before it in its thread. */
export function telegram(options: ChannelOptions): Channel {
  const { name, settings, secrets } = options;
  return {
    ...basicsOf(options),
    async send({ notice, earlier }, signal) {
      const token = needed(name, 'token', secrets.token);
      const chat_id = addressOf(options, notice.to);
      const text = `${notice.title}\n\n${textOf(notice)}`.slice(0, longest);
      const call = async (method: string, body: object) =>
        await ask({
          ...{ channel: name, url: `${settings.url || 'https://api.telegram.org'}/bot${token}/${method}`, signal },
          ...{ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
          ...{ timeout: settings.timeout * 1000, secrets: [...hidden(secrets), ...linkSecrets(notice)] },
        }).catch((thrown: unknown) => {
          throw explained(thrown, name, chat_id);
        });
      const buttons = tapsOf(notice).map(({ label, url }) => ({ text: label, url }));
      const keyboard = buttons.length > 0 ? { reply_markup: { inline_keyboard: [buttons] } } : {};
      const tell = async (method: string, more: object) =>
        await call(method, { chat_id, text, ...keyboard, ...more }).catch(async (thrown: unknown) => {
          if (!isAboutButton(thrown)) throw thrown;
          const lines = `\n\n${tapLines(notice).join('\n')}`;
          return await call(method, { chat_id, text: text.slice(0, longest - lines.length) + lines, ...more });
        });
      const last = earlier.at(-1);
      if (last !== undefined && changesEarlier(notice)) {
        const edited = await tell('editMessageText', { message_id: Number(last) }).then(
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
      const said = parsed(await tell('sendMessage', { disable_notification: notice.quiet }));
      const message = (said['result'] as { message_id?: unknown } | undefined)?.message_id;
      return typeof message === 'number' ? { reference: String(message) } : {};
    },
  };
}

/** Telegram takes no button that leads to an address without a dot, as `localhost`; in the text it may stand. */
function isAboutButton(thrown: unknown): boolean {
  if (!(thrown instanceof SendProblem) || thrown.failure !== 'refused') return false;
  return /button.*url/i.test(String(thrown.problem.params['problem'] ?? ''));
}

/** A chat that does not exist, and a bot that was thrown out of it, are matters of the recipient. */
function explained(thrown: unknown, channel: string, to: string): unknown {
  if (!(thrown instanceof SendProblem) || thrown.failure !== 'refused') return thrown;
  const said = String(thrown.problem.params['problem'] ?? '');
  return /chat not found|user is deactivated|blocked by the user|kicked/i.test(said)
    ? new SendProblem('refused', channelError('notify-recipient', { channel, to, problem: said }))
    : thrown;
}
