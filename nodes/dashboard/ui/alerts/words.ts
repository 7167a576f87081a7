import { formatDuration } from '../shared/format.ts';
import { kindWord } from '../shared/kinds.ts';
import { type Language, languages, type Translate } from '../shared/language.ts';
import { severityTexts } from '../shared/severity.ts';
import type { Alert, ChannelHealth, Policy, Silence, TimelineStep } from './model.ts';
import { type AlertsText, alertsTexts } from './texts.ts';

export interface Speech {
  readonly text: Translate<AlertsText>;
  readonly language: Language;
}

const longestTitle = 200;

/** A title comes in the language of the alert node; where nobody wrote one of their own, it can be said in any. */
export function titleWords({ title, severity, kind, source }: Alert, language: Language): string {
  const usual = (lang: Language): string =>
    `${severityTexts[lang][severity]}: ${kindWord(kind, lang)}, ${source}`.slice(0, longestTitle);
  return languages.some((lang) => usual(lang) === title) ? usual(language) : title;
}

export function stateWords({ state, by, byHand, until, mutedBy }: Alert, { text, language }: Speech): string {
  const time = until === undefined ? '' : soonTime(until, language);
  switch (state) {
    case 'open':
      return text('stateOpen');
    case 'notified':
      return text('stateNotified');
    case 'acknowledged':
      return by ? text('stateAcknowledgedBy', { by }) : text('stateAcknowledged');
    case 'snoozed':
      return text('stateSnoozed', { time });
    case 'silenced':
      if (time) return text('stateSilencedUntil', { time });
      return mutedBy ? text('stateMuted', { key: mutedBy }) : text('stateSilenced');
    case 'resolved':
      if (!by) return text('stateResolved');
      return byHand ? text('stateResolvedBy', { by }) : text('stateResolvedTaken', { by });
    case 'expired':
      return text('stateExpired');
  }
}

/** What happens if nobody does anything; empty: nothing. @param now by the box's clock, ms UTC */
export function nextWords(alert: Alert, policies: readonly Policy[], now: number, { text, language }: Speech): string {
  if (alert.next === undefined) return '';
  const duration = formatDuration(Math.max(0, Math.ceil((alert.next - now) / 1000)) * 1000, language);
  if (alert.held === 'quiet') return text('nextHeldQuiet', { duration });
  if (alert.held === 'cooldown') return text('nextHeldCooldown', { duration });
  if (alert.held === 'group') return text('nextHeldGroup', { duration });
  const policy = policies.find(({ name }) => name === alert.policy);
  const chain = policy?.chains.find(({ name }) => name === (alert.chain ?? ''));
  if (!chain) return text('nextAny', { duration });
  const step = chain.steps[alert.step];
  if (!step) return text('nextRound', { duration });
  return text('nextStep', { channel: step.channel, to: toWords(step.to.join(', '), text), duration });
}

export function toWords(to: string, text: Speech['text']): string {
  return to === '' ? '' : text('toPerson', { to });
}

const keys: Readonly<Record<string, AlertsText>> = {
  'handed-again': 'step_handedAgain',
  'failed-over': 'step_failedOver',
};

/** What a step says, in words. One of a later version is told by its name. */
export function stepWords({ kind, by, detail }: TimelineStep, { text, language }: Speech): string {
  const time = (value: unknown): string => (typeof value === 'number' ? soonTime(value, language) : '–');
  const told = (value: unknown): string => (value === undefined ? '' : String(value));
  const words = {
    ...Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, String(value)])),
    by: by || text('somebody'),
    kind: kindWord(told(detail['kind']), language),
    to: toWords(told(detail['to']), text),
    step: Number(detail['step'] ?? 0) + 1,
    until: time(detail['until']),
    next: time(detail['next']),
    back: formatDuration(Number(detail['back'] ?? 0), language),
    severity: severityOf(detail['severity'], language),
    why: told(detail['why']),
    error: told(detail['error']),
    channel: told(detail['channel']),
  };
  if (kind === 'resolved' && by) return text('step_resolvedBy', words);
  const key = keys[kind] ?? `step_${kind}`;
  return isText(key) ? text(key, words) : [kind, words.channel].filter(Boolean).join(': ');
}

function isText(key: string): key is AlertsText {
  return Object.hasOwn(alertsTexts['en-US'], key);
}

function severityOf(value: unknown, language: Language): string {
  const words: Readonly<Record<string, string>> = severityTexts[language];
  return words[String(value)] ?? String(value ?? '');
}

export function silenceWords(
  { key, kind, source, zone }: Pick<Silence, 'key' | 'kind' | 'source' | 'zone'>,
  { text, language }: Speech,
): string {
  return [kindWord(kind, language), source, zone, key].filter((part) => part !== '').join(' · ') || text('everything');
}

/** What went wrong last, unless something has arrived since. */
export function troubleOf({ lastError, lastErrorAt, lastDelivered }: ChannelHealth): string | undefined {
  if (!lastError) return undefined;
  return (lastErrorAt ?? Number.POSITIVE_INFINITY) > (lastDelivered ?? 0) ? lastError : undefined;
}

export function deliveryWords(state: string, { text }: Speech): string {
  const key = `delivery_${state}`;
  return isText(key) ? text(key) : state;
}

export function occasionWords(occasion: string, { text }: Speech): string {
  const key = `occasion_${occasion}`;
  return isText(key) ? text(key) : occasion;
}

/** A pattern that means this name and, as near as patterns can, nothing else. */
export function patternOf(name: string): string {
  return name.replaceAll(',', '*');
}

const morningHour = 7;

/** The next morning by this browser's clock, ms UTC. */
export function nextMorning(now: number): number {
  const morning = new Date(now);
  morning.setHours(morningHour, 0, 0, 0);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/** So many minutes as a request may ask for. */
export function minutesUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 60_000));
}

const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const date = { weekday: 'short', month: 'short', day: 'numeric' } as const;

export function morningTime(now: number, language: Language): string {
  return new Date(nextMorning(now)).toLocaleTimeString(language, clock);
}

/** What people have set for later: without seconds, with the day unless it is today. */
export function soonTime(time: number, language: Language, now = Date.now()): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return new Date(time).toLocaleString(language, sameDay ? clock : { ...date, ...clock });
}
