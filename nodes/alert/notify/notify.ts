import { Type } from 'typebox';
import { AlertNotice, defineNode, type Message, messageReader, toPerceptError } from '../../kit/index.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { started } from '../alert/started.js';
import type { Channel } from '../channels/channel.js';
import { brokenChannel } from '../channels/open.js';
import { linking } from '../links/linking.js';
import { offerPictures } from '../links/pictures.js';
import { withoutLinks } from '../links/writer.js';
import { Spool } from '../spool/spool.js';
import { notifyError } from './errors.js';
import { outcomeMessage, takenMessage } from './messages.js';
import { pictureOf } from './picture.js';
import { answerTo } from './requests.js';

const read = messageReader(Type.Object({ alert: AlertNotice }));

export default defineNode({
  type: 'percept-notify',
  config: Type.Object({
    store: Type.Optional(Type.String()),
    bucket: Type.Optional(Type.String()),
    /** Ids of channels; each is tried when the one before it did not take a notice. */
    first: Type.String({ default: '' }),
    second: Type.String({ default: '' }),
    third: Type.String({ default: '' }),
    fourth: Type.String({ default: '' }),
    /** s until the next channel is tried; min until the last one is given up; s before the second attempt. */
    failover: Type.Number({ minimum: 0, maximum: 86_400, default: 60 }),
    giveUp: Type.Number({ minimum: 0, maximum: 10_080, default: 120 }),
    firstPause: Type.Number({ minimum: 0.1, maximum: 3_600, default: 2 }),
    /** Where people reach this Node-RED; h that a link in a notice is good. */
    publicUrl: Type.String({ maxLength: 1_000, default: '' }),
    linkHours: Type.Number({ exclusiveMinimum: 0, maximum: 744, default: 24 }),
  }),
  async start(context) {
    const { id, config, RED, signal } = context;
    const ready = started(RED, signal);
    const { first, second, third, fourth } = config;
    const chosen = [...new Set([first, second, third, fourth])].filter((one) => one !== '' && one !== '_ADD_');
    if (chosen.length === 0) throw notifyError('notify-no-channel', {});
    const store = await context.use<Store>(config.store, 'percept-store');
    const bucket = config.bucket ? await context.use<Bucket>(config.bucket, 'percept-bucket') : undefined;
    const channels: Channel[] = [];
    for (const one of chosen) {
      channels.push(
        await context.use<Channel>(one, 'percept-channel').catch((thrown: unknown) => {
          context.fail(thrown);
          return brokenChannel(one, toPerceptError(thrown));
        }),
      );
    }
    const links = linking(config, RED, (thrown) => context.fail(thrown));
    const withdraw = bucket ? offerPictures(bucket) : undefined;
    let trouble: string | undefined;
    const spool = new Spool({
      ...{ store, channels, signal, name: id },
      patience: {
        failover: config.failover * 1000,
        giveUp: config.giveUp * 60_000,
        firstPause: config.firstPause * 1000,
        longestPause: 300_000,
      },
      finish: links.sent,
      ...(bucket ? { picture: (notice: AlertNotice) => pictureOf(notice, bucket) } : {}),
      tell: (outcome) => {
        const { notice, ok, taken, reached, needless, error } = outcome;
        const message = outcomeMessage({ ...outcome, notice: withoutLinks(notice) });
        if (ok && !taken) trouble = undefined;
        const dead = !ok && !needless;
        context.metrics.count(
          dead ? 'undelivered' : reached === undefined ? 'delivered' : reached ? 'reached' : 'missed',
        );
        // only whoever delivers it by other means needs its links
        context.send(message, dead ? outcomeMessage({ ...outcome, notice: links.sent(notice) }) : null);
        if (dead) context.fail(notifyError('notify-failed', { title: notice.title, problem: error ?? '-' }), message);
      },
      onTrouble: (problem, { name }) => {
        context.metrics.count('attempts_failed');
        context.log('warn', problem.localized());
        trouble = `${name}: ${problem.status()}`;
        void show();
      },
      onProblem: (problem) => {
        // an outage is told once
        if (problem.code !== trouble) context.fail(problem);
        trouble = problem.code;
      },
      onChange: () => void show(),
    });
    const words = { title: context.translate('notify.test.title'), text: context.translate('notify.test.text') };
    void ready.then(() => {
      if (signal.aborted) return;
      spool.start();
      void show();
    });

    return {
      async input({ msg }) {
        const answered = await answerTo(msg, { spool, channels, words, name: context.name });
        if (answered !== undefined) {
          void show();
          return [answered, null];
        }
        const notice = noticeIn(msg);
        const known = await spool.take(links.kept(notice));
        context.send(known ? outcomeMessage({ ...known, notice }) : takenMessage(notice), null);
        spool.wake();
        return undefined;
      },
      async close() {
        await ready;
        await spool.close();
        withdraw?.();
      },
    };

    async function show(): Promise<void> {
      const count = await spool.waiting().catch(() => undefined);
      if (count === undefined) return;
      if (count > 0 && trouble) context.status('warn', 'notify.status.trouble', { count, trouble });
      else if (count > 0) context.status('busy', 'notify.status.waiting', { count });
      else if (trouble) context.status('warn', 'notify.status.failed', { trouble });
      else context.status('ok', 'notify.status.ready');
    }
  },
});

function noticeIn(msg: Message): AlertNotice {
  const alert = msg['alert'] as { notice?: unknown } | undefined;
  if (alert?.notice === undefined) throw notifyError('notify-nothing', {});
  return read({ alert }).alert;
}
