import { escaped, filled, kindWord, type Language, type Severity } from '../../kit/index.js';
import { type StepKind, stepKinds } from '../machine/state.js';
import type { IncidentStep } from './incident.js';
import { type PageTexts, pageTexts } from './texts.js';

type Look = Pick<Intl.DateTimeFormatOptions, 'dateStyle' | 'timeStyle' | 'hourCycle'>;
const looks = {
  full: { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' },
  day: { dateStyle: 'full' },
  time: { timeStyle: 'medium', hourCycle: 'h23' },
} as const satisfies Record<string, Look>;

/** Shows times where the alert's policy says, with UTC for whoever points at them. */
export class Clock {
  readonly #lang: Language;
  readonly #zone: { readonly timeZone?: string };

  constructor(lang: Language, timeZone: string) {
    this.#lang = lang;
    this.#zone = timeZone ? { timeZone } : {};
  }

  text(time: number, look: keyof typeof looks = 'full'): string {
    return new Date(time).toLocaleString(this.#lang, { ...this.#zone, ...looks[look] });
  }

  html(time: number, look: keyof typeof looks = 'full'): string {
    const utc = new Date(time).toISOString();
    return `<time datetime="${utc}" title="${utc}">${escaped(this.text(time, look))}</time>`;
  }
}

/** What matters in the list: who was told, who took it, how it ended. */
const strong: ReadonlySet<string> = new Set([
  ...['opened', 'worse', 'delivered', 'reached', 'failed', 'missed', 'acknowledged', 'resolved'],
]);

/** Newest first, by day. */
export function timeline(lang: Language, steps: readonly IncidentStep[], clock: Clock): string {
  let day = '';
  const lines = [...steps].reverse().map((step) => {
    const head = clock.text(step.time, 'day');
    const begins = head === day ? '' : `<li class="day">${escaped(head)}</li>`;
    day = head;
    const weight = strong.has(step.kind) ? ' class="strong"' : '';
    return `${begins}<li${weight}>${clock.html(step.time, 'time')}<span>${lineOf(lang, step, clock)}</span></li>`;
  });
  return `<ol class="steps">${lines.join('')}</ol>`;
}

function lineOf(lang: Language, { kind, by, detail }: IncidentStep, clock: Clock): string {
  const text = pageTexts[lang];
  if (!isStep(kind)) return escaped(kind);
  const given = (name: string) => (typeof detail[name] === 'string' ? String(detail[name]) : '');
  const at = (name: string) => (typeof detail[name] === 'number' ? clock.text(detail[name]) : '');
  const line = filled(text.step[kind], {
    ...{ kind: kindWord(given('kind'), lang), source: given('source'), channel: given('channel'), why: given('why') },
    ...{ who: given('to') || text.somebody, by: by || text.somebody, until: at('until'), next: at('next') },
    held: heldFor(text, given('why')),
    severity: severityOf(text, given('severity')),
    back: Math.round(Number(detail['back'] ?? 0) / 1000),
  });
  const who = by !== '' && !text.step[kind].includes('{by}') ? filled(text.by, { by }) : '';
  const error = given('error');
  const about = occasionOf(text, given('occasion'));
  return `${line}${who}${about ? escaped(`: ${about}`) : ''}${error ? `<small>${escaped(error)}</small>` : ''}`;
}

function isStep(kind: string): kind is StepKind {
  return stepKinds.some((one) => one === kind);
}

function heldFor({ held }: PageTexts, why: string): string {
  return why === 'group' || why === 'cooldown' || why === 'quiet' ? held[why] : why;
}

function occasionOf({ occasion }: PageTexts, given: string): string {
  return Object.hasOwn(occasion, given) ? occasion[given as keyof PageTexts['occasion']] : '';
}

function severityOf({ severity }: PageTexts, given: string): string {
  return Object.hasOwn(severity, given) ? severity[given as Severity] : given;
}
