import { type Alert, type AlertOccasion, kindWord, type Language, type Severity } from '../../kit/index.js';
import type { AlertBody } from '../machine/state.js';
import type { Policy } from '../policy/policy.js';
import { longestTitle, usualTitle } from './titles.js';

/** Words of notices, in the language of the runtime. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly occasion: Readonly<Record<Exclude<AlertOccasion, 'step'> | 'expired' | 'taken', string>>;
  readonly testTitle: string;
  readonly testText: string;
  /** With __count__. */
  readonly counted: string;
  /** With __since__. */
  readonly since: string;
  readonly language: Language;
}

const longestText = 2000;

/** What a person reads. */
export function textsOf(
  body: AlertBody,
  policy: Policy,
  words: Words,
  occasion: AlertOccasion = 'step',
): Pick<Alert, 'title' | 'text'> {
  if (body.test) return { title: words.testTitle, text: words.testText };
  const { newest, severity, zone, state, count, by = '' } = body;
  const lasting = Object.values(body.members).filter(({ until }) => until === undefined);
  const members = lasting.length > 0 ? lasting : Object.values(body.members);
  const began = Math.min(...members.map(({ since }) => since));
  const since = new Date(began).toLocaleString(words.language, {
    ...(policy.settings.timeZone ? { timeZone: policy.settings.timeZone } : {}),
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const reason = newest.reasons[0] ?? '';
  const fields = {
    ...{
      kind: kindWord(newest.kind, words.language),
      source: newest.source,
      quantity: newest.quantity,
      score: newest.score,
    },
    ...{ severity: words.severity[severity], zone, state, count, since, by, reason },
    reasons: newest.reasons.join('\n'),
  };
  const title = policy.title?.(fields) ?? usualTitle({ ...newest, severity }, words.language);
  const usual = [
    newest.reasons.join('\n'),
    fill(words.since, fields),
    members.length > 1 ? fill(words.counted, { count: members.length + body.more }) : '',
  ];
  const text = policy.text?.(fields) ?? usual.filter((line) => line !== '').join('\n');
  const before = occasion === 'step' ? '' : words.occasion[wordOf(occasion, body)];
  return {
    title: [fill(before, fields), title].filter(Boolean).join(' ').slice(0, longestTitle),
    text: text.slice(0, longestText),
  };
}

function wordOf(occasion: Exclude<AlertOccasion, 'step'>, { state, by }: AlertBody): keyof Words['occasion'] {
  if (state === 'expired') return 'expired';
  // where nobody signs in, nobody has a name
  return occasion === 'acknowledged' && !by ? 'taken' : occasion;
}

function fill(text: string, fields: Readonly<Record<string, string | number>>): string {
  return text.replace(/__(\w+?)__/g, (whole, name: string) => String(fields[name] ?? whole));
}
