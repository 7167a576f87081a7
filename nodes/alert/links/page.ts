import { escaped, filled, type Language, type Severity } from '../../kit/index.js';
import { titlesOf } from '../desk/titles.js';
import { canBeTaken, type Incident, takenBy } from './incident.js';
import { pageTexts } from './texts.js';
import { Clock, timeline } from './timeline.js';
import type { Purpose } from './token.js';

/** What a person can do besides, as the alert node is set. */
export interface Ways {
  /** Where the live picture is, with `{source}` and `{zone}`. */
  readonly live?: string;
  /** Telephone number that is offered; nothing dials it but a thumb. */
  readonly call?: string;
}

export interface Shown {
  readonly incident: Incident;
  readonly purpose: Purpose;
  /** Path of the page itself. */
  readonly path: string;
  readonly ways: Ways;
  /** IANA name; empty: of this machine. */
  readonly timeZone: string;
  readonly now: number;
}

/** Never colour alone: a shape and a word. */
const shapes: Readonly<Record<Severity, string>> = { notice: '●', warning: '▲', critical: '◆' };

/** @returns HTML of the page's body */
export function incidentPage(lang: Language, { incident, purpose, path, ways, timeZone, now }: Shown): string {
  const text = pageTexts[lang];
  const clock = new Clock(lang, timeZone);
  const { alert, test, closed, steps, more, pictures } = incident;
  const { severity, state } = alert;
  const tone = closed === undefined && state !== 'acknowledged' ? severity : 'calm';
  const shape = tone === 'calm' ? '✓' : shapes[severity];
  const facts: [string, string][] = [
    [text.since, clock.html(alert.opened)],
    ...(closed === undefined ? [] : [[text.closed, clock.html(closed)] as [string, string]]),
    ...(alert.source ? [[text.source, escaped(alert.source)] as [string, string]] : []),
    ...(alert.zone ? [[text.zone, escaped(alert.zone)] as [string, string]] : []),
    ...scoreOf(lang, incident),
    ...(alert.count > 1 ? [[text.count, String(alert.count)] as [string, string]] : []),
  ];
  return [
    `<div class="head ${tone}"><p class="mark"><span><i aria-hidden="true">${shape}</i>${escaped(test ? text.test : text.severity[severity])}</span><span>${escaped(text.state[state])}</span></p>`,
    `<h1>${escaped(pageTitle(lang, incident))}</h1>`,
    `<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${value}</dd>`).join('')}</dl></div>`,
    doing(lang, incident, purpose, path, clock),
    waysOf(lang, incident, ways),
    section(text.why, listOf(alert.reasons)),
    section(text.seen, picturesOf(lang, pictures, path)),
    section(text.told, timeline(lang, steps, clock)),
    more > 0 ? `<p class="hint">${filled(text.earlier, { count: more })}</p>` : '',
    `<p class="hint">${filled(text.asOf, { at: clock.text(now) })} <a href="${escaped(path)}">${escaped(text.reload)}</a></p>`,
  ].join('');
}

export function pageTitle(lang: Language, { alert }: Incident): string {
  return titlesOf(alert.title, alert)[lang];
}

/** The one tap, or who was faster. */
function doing(lang: Language, incident: Incident, purpose: Purpose, path: string, clock: Clock): string {
  const text = pageTexts[lang];
  const { person, closed } = incident;
  const taken = takenBy(incident);
  const said = taken
    ? filled(taken.by === person ? text.takenByYou : text.taken, {
        by: taken.by || text.somebody,
        at: clock.text(taken.at),
      })
    : '';
  if (closed !== undefined) return `<p class="said">${escaped(text.over)} ${said}</p>`;
  if (!canBeTaken(incident)) return `<p class="said">${said || escaped(text.state.acknowledged)}</p>`;
  if (purpose === 'open') return `<p class="hint">${escaped(text.lookOnly)}</p>`;
  return `<form method="post" action="${escaped(path)}"><button>${escaped(text.take)}</button></form><p class="hint">${filled(text.takeAs, { person })}</p>`;
}

function waysOf(lang: Language, { alert }: Incident, { live, call }: Ways): string {
  const text = pageTexts[lang];
  const place = { source: encodeURIComponent(alert.source), zone: encodeURIComponent(alert.zone) };
  const links = [
    ...(live === undefined ? [] : [`<a class="button other" href="${filled(live, place)}">${escaped(text.live)}</a>`]),
    ...(call === undefined
      ? []
      : [
          `<a class="button other call" href="tel:${escaped(call.replace(/[^+\d]/g, ''))}">${filled(text.call, { number: call })}</a>`,
        ]),
  ];
  if (links.length === 0) return '';
  return `<div class="row">${links.join('')}</div>${call === undefined ? '' : `<p class="hint">${escaped(text.callHint)}</p>`}`;
}

/** Where there is more to it than yes or no. */
function scoreOf(lang: Language, { score, threshold }: Incident): [string, string][] {
  if (threshold === 0 && score === 1) return [];
  const text = pageTexts[lang];
  const number = (value: number) => value.toLocaleString(lang, { maximumSignificantDigits: 3 });
  const shown =
    threshold === 0
      ? escaped(number(score))
      : filled(text.scored, { score: number(score), threshold: number(threshold) });
  return [[text.score, shown]];
}

function listOf(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `<ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join('')}</ul>`;
}

function picturesOf(lang: Language, pictures: readonly string[], path: string): string {
  const text = pageTexts[lang];
  const shown = pictures.map((_, n) => {
    const about = filled(text.picture, { n: n + 1, count: pictures.length });
    return `<img src="${escaped(`${path}/evidence/${n}`)}" alt="${about}"${n > 1 ? ' loading="lazy"' : ''}>`;
  });
  return shown.length === 0 ? '' : `<div class="pictures">${shown.join('')}</div>`;
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<section><h2>${escaped(title)}</h2>${content}</section>`;
}

/** A page that says one thing, and what to do. */
export function calmPage(
  title: string,
  said: string,
  action?: { readonly href: string; readonly label: string },
): string {
  const button = action ? `<a class="button" href="${escaped(action.href)}">${escaped(action.label)}</a>` : '';
  return `<h1>${escaped(title)}</h1><p>${escaped(said)}</p>${button}`;
}
