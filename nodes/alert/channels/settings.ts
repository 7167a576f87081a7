import { type Static, Type } from 'typebox';
import type { BrokerSettings, TlsSettings } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import type { KnownSince } from '../known-since.js';
import { type Channel, SendProblem } from './channel.js';
import { channelError } from './errors.js';

export const channelKinds = ['email', 'webhook', 'ntfy', 'telegram', 'twilio', 'mqtt', 'push', 'sns'] as const;

const text = Type.String({ maxLength: 2_000, default: '' });

/** What a channel is told by its form. */
export const ChannelSettings = Type.Object({
  kind: Type.Enum(channelKinds, { default: 'email' }),
  /** Address, number, chat or topic of whom it serves. */
  to: text,
  /** Of persons by name. */
  people: Type.Array(Type.Object({ name: Type.String(), address: Type.String() }), { default: [] }),
  /** Webhook; ntfy, Telegram and Twilio have a usual one. */
  url: text,
  /** SMTP */
  host: text,
  port: Type.Integer({ minimum: 1, maximum: 65_535, default: 587 }),
  security: Type.Union([Type.Literal('starttls'), Type.Literal('tls')], { default: 'starttls' }),
  from: text,
  dkimDomain: text,
  dkimSelector: text,
  /** Twilio */
  voice: Type.Boolean({ default: false }),
  /** MQTT: first part of the topics, and that of Home Assistant's discovery; empty: none. */
  topic: Type.String({ maxLength: 200, default: 'percept/alert' }),
  discovery: text,
  /** Of AWS; empty: that of the topic, or what the machine is set to. */
  region: text,
  perMinute: Type.Integer({ minimum: 1, maximum: 10_000, default: 20 }),
  /** s */
  timeout: Type.Number({ minimum: 1, maximum: 60, default: 15 }),
});
export type ChannelSettings = Static<typeof ChannelSettings>;

export interface ChannelSecrets {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** PEM */
  readonly dkimKey?: string;
}

/** All that a channel is made of. */
export interface ChannelOptions {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly settings: ChannelSettings;
  readonly secrets: ChannelSecrets;
  readonly tls?: TlsSettings;
  readonly broker?: BrokerSettings;
  /** Web Push: where devices are kept, and the folder of the key. */
  readonly store?: Store;
  readonly folder?: string;
  /** Web Push: absent where nobody has to sign in. */
  readonly knownSince?: KnownSince;
}

/** What every channel tells of itself. */
export function basicsOf({ id, name, settings }: ChannelOptions): Omit<Channel, 'send' | 'receipt' | 'close'> {
  const { kind, to, people, perMinute } = settings;
  const [somebody] = to.trim() === '' ? people : [];
  return { id, name, kind, perMinute, ...(somebody ? { testTo: somebody.name } : {}) };
}

/** @throws SendProblem `notify-no-address` */
export function addressOf({ name, settings }: ChannelOptions, person: string): string {
  const own = settings.people.find((one) => one.name.trim().toLowerCase() === person.trim().toLowerCase());
  const address = (own?.address || settings.to).trim();
  if (!address)
    throw new SendProblem('refused', channelError('notify-no-address', { channel: name, to: person || '-' }));
  return address;
}

/** @throws SendProblem `notify-setting` */
export function needed(channel: string, setting: string, value: string | undefined): string {
  if (!value) throw new SendProblem('refused', channelError('notify-setting', { channel, setting }));
  return value;
}

/** Those worth hiding. */
export function hidden(secrets: ChannelSecrets): string[] {
  return Object.values(secrets).filter((value): value is string => typeof value === 'string' && value !== '');
}
