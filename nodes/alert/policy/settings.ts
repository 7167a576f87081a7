import { type Static, Type } from 'typebox';
import { severities } from '../../kit/index.js';

const Text = Type.String({ maxLength: 200, default: '' });
const Seconds = (fallback: number) => Type.Number({ minimum: 0, maximum: 86_400 * 31, default: fallback });

/** What the form of the alert node holds. Lists of the form are lists here; times are seconds. */
export const PolicySettings = Type.Object({
  /** IANA name, `Asia/Seoul`; empty: of this machine. Quiet hours, on-call and routes go by it. */
  timeZone: Type.String({ maxLength: 80, default: '' }),
  /** What findings have in common that are one matter. */
  key: Type.String({ maxLength: 200, default: '{kind}/{source}/{quantity}' }),
  /** What matters have in common that are one alert; empty: each is one by itself. */
  group: Type.String({ maxLength: 200, default: '' }),
  title: Type.String({ maxLength: 200, default: '' }),
  text: Type.String({ maxLength: 2000, default: '' }),
  /** The chains, row by row: what is done how long after the row before. */
  steps: Type.Array(
    Type.Object({
      chain: Text,
      after: Seconds(0),
      channel: Type.String({ minLength: 1, maxLength: 80 }),
      /** People and on-call schedules, separated by commas; empty: whomever the channel serves. */
      to: Text,
    }),
    { maxItems: 100, default: [] },
  ),
  /** What is particular about a channel. */
  channels: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 80 }),
      /** It tells with `msg.delivery` what became of a notice. */
      receipts: Type.Boolean({ default: true }),
      /** It gets what becomes of an alert, not only the alert. */
      followUps: Type.Boolean({ default: true }),
    }),
    { maxItems: 50, default: [] },
  ),
  /** The first that fits gives the chain; where none does, it is the first chain. */
  routes: Type.Array(
    Type.Object({
      /** At least. */
      severity: Type.Enum(severities, { default: 'notice' }),
      kind: Text,
      source: Text,
      zone: Text,
      hours: Text,
      /** Empty: the first; `-`: nobody is told, it is on the page only. */
      chain: Text,
    }),
    { maxItems: 100, default: [] },
  ),
  zones: Type.Array(Type.Object({ zone: Type.String({ minLength: 1, maxLength: 200 }), source: Text }), {
    maxItems: 200,
    default: [],
  }),
  quiet: Text,
  duties: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 80 }),
      people: Type.String({ maxLength: 1000, default: '' }),
      rotation: Type.Enum(['none', 'day', 'week'], { default: 'week' }),
      handover: Type.String({ maxLength: 5, default: '08:00' }),
      start: Type.String({ maxLength: 10, default: '2026-01-05' }),
      hours: Text,
    }),
    { maxItems: 50, default: [] },
  ),
  /** While an alert of a kind is open, others of the same source or zone are not told. */
  mutes: Type.Array(
    Type.Object({
      by: Type.String({ minLength: 1, maxLength: 200 }),
      kind: Text,
      same: Type.Enum(['source', 'zone', 'any'], { default: 'source' }),
    }),
    { maxItems: 50, default: [] },
  ),
  /** What ends an alert: its findings' ends, or a person who acknowledged or resolved it. */
  ends: Type.Enum(['itself', 'person'], { default: 'itself' }),
  /** Wait so long for more of a group before the first notice; critical ones don't wait. */
  groupSeconds: Seconds(0),
  /** Since the last notice that was delivered for the key. */
  cooldown: Seconds(300),
  /** Without a sign of it since its findings ended. */
  resolveAfter: Seconds(60),
  /** The chain once more, so long after its last step, until somebody acknowledges; 0: never. */
  repeat: Seconds(900),
  /** A channel that does not answer for so long gets the notice once more. */
  patience: Seconds(60),
  /** The chain once more when nothing of it could be delivered; doubles up to 15 minutes. */
  retry: Seconds(60),
  /** Between two notices that only change what is known. */
  updateSeconds: Seconds(30),
  /** h; an alert of which nothing was heard for so long is closed. */
  expireHours: Type.Number({ minimum: 0, maximum: 24 * 366, default: 24 }),
  /** With nobody at home the chain begins one step further on. */
  presence: Type.Boolean({ default: true }),
});
export type PolicySettings = Static<typeof PolicySettings>;
