import { Type } from 'typebox';
import {
  AlertNotice,
  defineNode,
  type Message,
  messageReader,
  type Outputs,
  type PerceptError,
} from '../../kit/index.js';
import { recordSight } from '../../store/audit.js';
import type { Store } from '../../store/store.js';
import type { Channel } from '../channels/channel.js';
import { isPush, type PushChannel } from '../channels/push.js';
import { keepDevice, removeDevice, removePerson } from '../channels/push-devices.js';
import { readBoard } from './board.js';
import { phoneError } from './errors.js';
import { Pages } from './pages.js';
import { rootOf, serve } from './serve.js';
import { visitorOf } from './visitor.js';

const read = messageReader(Type.Object({ alert: AlertNotice }));
const snoozeMinutes = 10;

export default defineNode({
  type: 'percept-phone',
  config: Type.Object({
    store: Type.Optional(Type.String()),
    /** Channel for Web Push; without one, pages ring only while they are open. */
    push: Type.Optional(Type.String()),
    policy: Type.String({ maxLength: 200, default: '' }),
    /** Of the alert node's steps: what is handed to a person there makes their pages ring. */
    channel: Type.String({ minLength: 1, maxLength: 80, default: 'push' }),
    /** A path here, or an address. */
    view: Type.String({ pattern: '^(/(?![/\\\\])|https?://)', maxLength: 500, default: '/dashboard' }),
    /** Shown as a link that a person may tap. */
    call: Type.String({ pattern: '^[+\\d][\\d ()/*#-]{1,24}$|^$', default: '' }),
    title: Type.String({ maxLength: 60, default: '' }),
  }),
  async start(context) {
    const { config, id, RED, signal } = context;
    const store = await context.use<Store>(config.store, 'percept-store');
    const push = config.push ? pushOf(await context.use<Channel>(config.push, 'percept-channel')) : undefined;
    let trouble: string | undefined;
    const pages = new Pages({
      read: async () => {
        const board = await readBoard(store, config);
        if (trouble !== undefined) show();
        trouble = undefined;
        return board;
      },
      onProblem: (problem: PerceptError) => {
        // an outage is told once
        if (problem.code !== trouble) context.fail(problem);
        trouble = problem.code;
      },
      onSeen: ({ person: who }, { id: alert, key: what }) =>
        recordSight(store, { who, what, way: 'phone', detail: { alert } }),
      onChange: () => show(),
      signal,
    });
    const unserve = serve(RED, id, {
      visitor: (request) => visitorOf(request, RED.settings),
      shell: async () => {
        const keys = await push?.keys().catch((thrown: unknown) => context.fail(thrown));
        return { root: rootOf(RED), name: config.title, call: config.call, serverKey: keys?.publicKey };
      },
      view: config.view,
      viewed: ({ person: who }) => recordSight(store, { who, what: config.view, way: 'phone' }),
      live: (visitor, response) => pages.add(visitor, response),
      act({ person: by }, { what, id: alert, key }) {
        const which = { id: alert, by };
        const asked =
          what === 'acknowledge' ? { acknowledge: which } : { snooze: { ...which, minutes: snoozeMinutes } };
        context.metrics.count(what);
        // the alert node's audit log says who tapped, and where
        context.send({ topic: key, payload: what, ...asked, phone: { person: by } } as Message);
      },
      seen: (visitor, notice) => pages.confirm(visitor, notice),
      async register({ person }, { endpoint, keys, serverKey, device: label }) {
        if (!push) return;
        push.check(endpoint);
        await keepDevice(push.store, { endpoint, ...keys, serverKey, person, label });
      },
      forget: async ({ person }, endpoint) => {
        if (push) await removeDevice(push.store, endpoint, person);
      },
    });
    const unpage = push?.alsoOn((notice) => pages.show(notice));
    show();

    return {
      async input({ msg }): Promise<Outputs | undefined> {
        const about = msg['alert'] as { readonly notice?: unknown } | undefined;
        if (typeof msg['forget'] === 'string' && push) {
          const count = await removePerson(push.store, msg['forget']);
          context.log('info', context.translate('phone.log.forgotten', { count }));
        } else if (about?.notice !== undefined) return [await ring(msg)];
        else if (about !== undefined) pages.refresh();
        else if (!isAnswer(msg)) throw phoneError('phone-nothing', {});
        return undefined;
      },
      close() {
        unpage?.();
        unserve();
      },
    };

    /** A notice that came without a channel between: the open pages are the channel. */
    async function ring(msg: Message): Promise<Message> {
      const { alert } = read({ alert: msg['alert'] });
      const { notice, to } = alert;
      const ok = await pages.show(alert);
      const nobody = to === '' ? phoneError('phone-no-page', {}) : phoneError('phone-nobody', { to });
      const said = ok ? {} : { error: nobody.localized() };
      return { ...msg, payload: ok, delivery: { notice, ok, taken: false, at: Date.now(), ...said } };
    }

    function show(): void {
      if (pages.count > 0) context.status('ok', 'phone.status.open', { count: pages.count });
      else context.status('ok', 'phone.status.ready');
    }
  },
});

/** What an alert node answers to others on the same output. */
function isAnswer(msg: Message): boolean {
  return msg['about'] !== undefined || msg['silence'] !== undefined;
}

/** @throws PerceptError `phone-not-push` */
function pushOf(channel: Channel): PushChannel {
  if (!isPush(channel)) throw phoneError('phone-not-push', { channel: channel.name });
  return channel;
}
