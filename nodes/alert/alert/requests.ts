import { Type } from 'typebox';
import {
  Acknowledge,
  Delivery,
  Finding,
  type Message,
  messageReader,
  Presence,
  Resolve,
  Silence,
  Snooze,
} from '../../kit/index.js';
import type { Request, Which } from '../desk/request.js';
import { alertError } from '../errors.js';

const Channels = Type.Union([Type.Boolean(), Type.Object({ channel: Type.String({ minLength: 1, maxLength: 80 }) })]);

const read = {
  acknowledge: messageReader(Type.Object({ acknowledge: Acknowledge })),
  delivery: messageReader(Type.Object({ delivery: Delivery })),
  finding: messageReader(Type.Object({ finding: Finding, zone: Type.Optional(Type.String({ maxLength: 200 })) })),
  presence: messageReader(Type.Object({ presence: Presence })),
  resolve: messageReader(Type.Object({ resolve: Resolve })),
  silence: messageReader(Type.Object({ silence: Silence })),
  snooze: messageReader(Type.Object({ snooze: Snooze })),
  test: messageReader(Type.Object({ test: Channels })),
};

/**
 * What a message asks for. What a person or a channel says goes before the finding that the message may still carry.
 * @throws PerceptError `message-invalid`, `alert-nothing`, `alert-which`
 */
export function requestOf(msg: Message): Request {
  const about = (msg['alert'] ?? {}) as { readonly id?: unknown; readonly notice?: unknown };
  if (msg['delivery'] !== undefined) {
    const given = msg['delivery'];
    const named = typeof given === 'object' ? { notice: about.notice, ...given } : given;
    const { delivery } = read.delivery({ delivery: named });
    const { notice, ok, taken, reached, at, error } = delivery;
    return {
      type: 'delivery',
      notice,
      receipt: {
        ...{ ok, taken },
        ...(reached === undefined ? {} : { reached }),
        ...(at === undefined ? {} : { at }),
        ...(error === undefined ? {} : { error: clean(error) }),
      },
    };
  }
  if (msg['acknowledge'] !== undefined) {
    const { acknowledge } = read.acknowledge({ acknowledge: objectOf(msg['acknowledge']) });
    return { type: 'acknowledge', which: whichOf(acknowledge, about, 'acknowledge'), by: clean(acknowledge.by) };
  }
  if (msg['resolve'] !== undefined) {
    const { resolve } = read.resolve({ resolve: objectOf(msg['resolve']) });
    return { type: 'resolve', which: whichOf(resolve, about, 'resolve'), by: clean(resolve.by) };
  }
  if (msg['snooze'] !== undefined) {
    const { snooze } = read.snooze({ snooze: objectOf(msg['snooze']) });
    const { by, minutes, until } = snooze;
    const howLong = { ...(minutes === undefined ? {} : { minutes }), ...(until === undefined ? {} : { until }) };
    return { type: 'snooze', which: whichOf(snooze, about, 'snooze'), by: clean(by), howLong };
  }
  if (msg['silence'] !== undefined) return silenceOf(msg);
  if (msg['presence'] !== undefined) {
    const { presence } = read.presence({ presence: msg['presence'] });
    return { type: 'presence', presence: { ...presence, person: clean(presence.person) } };
  }
  if (msg['test'] !== undefined) {
    const { test } = read.test({ test: msg['test'] });
    return { type: 'test', channels: typeof test === 'object' ? [test.channel] : [], by: '' };
  }
  if (msg['finding'] === undefined) throw alertError('alert-nothing', {});
  return findingOf(msg);
}

function silenceOf(msg: Message): Request {
  const { silence } = read.silence({ silence: msg['silence'] });
  const { by, key, kind, source, zone, reason } = silence;
  const texts = { by, key, kind, source, zone, reason };
  const cleaned = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, clean(text)]));
  return { type: 'silence', silence: { ...silence, ...cleaned } };
}

function findingOf(msg: Message): Request {
  const zone = typeof msg['zone'] === 'string' ? { zone: msg['zone'] } : {};
  const { finding } = read.finding({ finding: msg['finding'], ...zone });
  const { expected: _, ...rest } = finding;
  return {
    type: 'finding',
    finding: {
      ...rest,
      kind: clean(finding.kind),
      source: clean(finding.source),
      quantity: clean(finding.quantity),
      reasons: finding.reasons.map(clean),
      evidence: finding.evidence.map(clean),
    },
    ...(zone.zone === undefined ? {} : { zone: clean(zone.zone) }),
  };
}

/** The one that is named, else the one that the message carries. */
function whichOf({ id, key }: Which, about: { readonly id?: unknown }, what: string): Which {
  if (id !== undefined) return { id };
  if (key !== undefined) return { key };
  if (typeof about.id === 'number') return { id: about.id };
  throw alertError('alert-which', { what });
}

/** `true` is enough where the message carries the alert. */
function objectOf(value: unknown): unknown {
  return value === true ? {} : value;
}

/** No database keeps a NUL. */
function clean(text: string): string {
  return text.replaceAll('\0', '\u2400');
}
