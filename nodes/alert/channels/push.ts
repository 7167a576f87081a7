import type { RequestOptions } from 'web-push';
import { type AlertNotice, toPerceptError } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { everybody } from '../known-since.js';
import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';
import { ask } from './http.js';
import { type Device, devicesOf, noteOutcome, removeDevice, removeLeavers } from './push-devices.js';
import { pushError } from './push-errors.js';
import { type PushKeys, pushKeys } from './push-keys.js';
import { payloadOf, topicOf, urgencyOf } from './push-payload.js';
import { basicsOf, type ChannelOptions } from './settings.js';

/** Shows a notice on pages that are open. @returns whether one of the person's has confirmed it */
export type ShowOnPages = (notice: AlertNotice) => Promise<boolean>;

/** A channel to the devices of people, and what the page needs on which they turn it on. */
export interface PushChannel extends Channel {
  readonly store: Store;
  /** @throws PerceptError `push-keys` */
  keys(): Promise<PushKeys>;
  /** @throws PerceptError `push-service` */
  check(endpoint: string): void;
  /** Removes the devices of people who were removed. @returns how many there were */
  tidy(): Promise<number>;
  /** @returns what ends it */
  alsoOn(pages: ShowOnPages): () => void;
}

/** s that a push service keeps what a device cannot take yet; what follows takes its place. */
const keptFor = 86_400;
/** RFC 8030 leaves it to browsers which service they use; these are those of Chrome and Edge, Firefox, Safari, and Edge. */
const services =
  /^(fcm\.googleapis\.com|([\w-]+\.)*push\.services\.mozilla\.com|([\w-]+\.)*push\.apple\.com|([\w-]+\.)*notify\.windows\.com)$/;

/**
 * Web Push (RFC 8030, 8291, 8292) to all devices of a person, and to their open pages: delivered when one has taken it. A device
 * that is gone for good is removed.
 */
export function push(options: ChannelOptions): PushChannel {
  const { name, settings, store, folder = '.', knownSince = everybody } = options;
  if (!store) throw channelError('notify-setting', { channel: name, setting: 'store' });
  const showing = new Set<ShowOnPages>();
  let made: Promise<PushKeys> | undefined;
  const keys = (): Promise<PushKeys> => {
    made ??= pushKeys(folder, settings.from).catch((thrown: unknown) => {
      made = undefined;
      throw thrown;
    });
    return made;
  };
  const own = URL.parse(settings.url);
  return {
    ...basicsOf(options),
    ...{ store, keys },
    tidy: () => removeLeavers(store, knownSince),
    check(endpoint) {
      const url = URL.parse(endpoint);
      if (url && own && url.origin === own.origin) return;
      if (url?.protocol !== 'https:' || url.port !== '' || !services.test(url.hostname))
        throw pushError('push-service', { service: url?.host ?? '-' });
    },
    alsoOn(pages) {
      showing.add(pages);
      return () => showing.delete(pages);
    },
    async send({ notice, thread }, signal) {
      const shown = Promise.all([...showing].map((pages) => pages(notice).catch(() => false)));
      try {
        await removeLeavers(store, knownSince);
        await sendToDevices(options, store, await keys(), notice, thread, signal);
      } catch (thrown) {
        if ((await shown).includes(true)) return {};
        // the store that cannot be asked now may be asked later
        throw thrown instanceof SendProblem ? thrown : new SendProblem('later', toPerceptError(thrown));
      }
      return {};
    },
  };
}

export function isPush(channel: Channel): channel is PushChannel {
  return 'alsoOn' in channel;
}

/** @throws SendProblem where none took it */
async function sendToDevices(
  options: ChannelOptions,
  store: Store,
  keys: PushKeys,
  notice: AlertNotice,
  thread: string,
  signal: AbortSignal,
): Promise<void> {
  const who = { channel: options.name, to: notice.to || '*' };
  const all = await devicesOf(store, notice.to);
  if (all.length === 0)
    throw new SendProblem('refused', pushError(notice.to === '' ? 'push-no-device' : 'push-nobody', who));
  const devices = all.filter(({ serverKey }) => serverKey === keys.publicKey);
  if (devices.length === 0) throw new SendProblem('refused', pushError('push-other-key', who));
  const encrypt = await encryption(options.name);
  const payload = payloadOf(notice, thread);
  const details: RequestOptions = {
    ...{ vapidDetails: keys, TTL: keptFor, urgency: urgencyOf(notice), topic: topicOf(thread) },
    contentEncoding: 'aes128gcm',
  };
  const outcomes = await Promise.all(
    devices.map(async (device) => {
      try {
        const { endpoint: url, p256dh, auth } = device;
        const { headers, body } = encrypt({ endpoint: url, keys: { p256dh, auth } }, payload, details);
        const { 'Content-Length': _, ...sent } = headers;
        await ask({
          ...{
            channel: options.name,
            url,
            body: Uint8Array.from(body ?? []),
            signal,
            timeout: options.settings.timeout * 1000,
          },
          headers: Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, String(value)])),
          secrets: [url, new URL(url).pathname, auth, keys.privateKey],
        });
        await noteOutcome(store, url);
        return undefined;
      } catch (thrown) {
        return await failed(store, options.name, device, thrown);
      }
    }),
  );
  if (outcomes.includes(undefined)) return;
  const problems = outcomes.filter((one) => one instanceof SendProblem);
  throw worstOf(problems) ?? new SendProblem('refused', pushError('push-gone', who));
}

type Encrypt = typeof import('web-push').generateRequestDetails;

async function encryption(channel: string): Promise<Encrypt> {
  try {
    return (await import('web-push')).default.generateRequestDetails;
  } catch (cause) {
    throw new SendProblem('refused', channelError('notify-part', { channel, part: 'web-push' }, { cause }));
  }
}

/** @returns why this device did not take it; `gone` where it never will */
async function failed(
  store: Store,
  channel: string,
  { endpoint }: Device,
  thrown: unknown,
): Promise<SendProblem | 'gone'> {
  // keys that a browser never made
  const problem =
    thrown instanceof SendProblem ? explained(channel, thrown) : new SendProblem('refused', toPerceptError(thrown));
  const { code, params } = problem.problem;
  if (code === 'notify-refused' && (params['status'] === 404 || params['status'] === 410)) {
    await removeDevice(store, endpoint);
    return 'gone';
  }
  await noteOutcome(store, endpoint, problem.message);
  return problem;
}

function explained(channel: string, { failure, problem, after, ...rest }: SendProblem): SendProblem {
  if (problem.code !== 'notify-password') return new SendProblem(failure, problem, after);
  const said = String(problem.params['problem'] ?? '-');
  return new SendProblem('refused', pushError('push-not-accepted', { channel, problem: said }, { cause: rest.cause }));
}

/** One that may have taken it counts more than those that may take it later, and these more than those that never will. */
function worstOf(problems: readonly SendProblem[]): SendProblem | undefined {
  const unanswered = problems.find(({ failure }) => failure === 'unanswered');
  const later = problems.filter(({ failure }) => failure === 'later').toSorted((a, b) => a.after - b.after);
  return unanswered ?? later[0] ?? problems[0];
}
