/** What an alert looks like. All texts become text nodes: nothing that a finding says is taken for HTML. */

const shapes = {
  notice: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z',
  warning: 'M8 1 15.5 14.5H.5z',
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
};
const vector = 'http://www.w3.org/2000/svg';

/**
 * @param {string} name
 * @param {Record<string, string | undefined>} [attributes]
 * @param {...(Node | string | undefined | false)} content
 */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...content.filter((one) => one !== undefined && one !== false));
  return made;
}

/**
 * @param {string} text
 * @param {() => unknown} act
 * @param {string} [kind]
 */
export function button(text, act, kind = '') {
  const made = element('button', { type: 'button', class: kind }, text);
  made.addEventListener('click', () => void act());
  return made;
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * @param {number} at ms UTC
 * @param {string} language
 */
export function timeOf(at, language) {
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  const day = today ? {} : /** @type {const} */ ({ month: 'short', day: 'numeric' });
  return time.toLocaleString(language, { ...day, hour: '2-digit', minute: '2-digit' });
}

/**
 * @param {number} at ms UTC
 * @param {{ now: string, minutes: string, hours: string, days: string }} texts
 */
export function agoOf(at, texts) {
  const minutes = Math.max(0, Math.floor((Date.now() - at) / 60_000));
  if (minutes < 1) return texts.now;
  if (minutes < 60) return filled(texts.minutes, { n: minutes });
  if (minutes < 48 * 60) return filled(texts.hours, { n: Math.floor(minutes / 60) });
  return filled(texts.days, { n: Math.floor(minutes / 1_440) });
}

/**
 * @param {object} card as nodes/alert/phone/board.ts has it
 * @param {string} problem
 * @param {object} setup
 */
export function aboutOf(card, problem, setup) {
  const { texts, language } = setup;
  const { severity, state, since, source, zone, reasons, told, by, count, until } = card;
  const status = [
    state === 'acknowledged' && by ? filled(texts.by, { by }) : (texts.state[state] ?? state),
    ...(until && !isOpen(card) ? [filled(texts.until, { time: timeOf(until, language) })] : []),
  ].join(', ');
  return element(
    'div',
    { class: 'about' },
    element('p', { class: 'mark' }, shapeOf(severity), element('b', {}, texts.severity[severity]), ' · ', status),
    element('h2', {}, titleOf(card, setup)),
    element(
      'p',
      { class: 'since' },
      element('span', { 'data-ago': String(since), title: new Date(since).toISOString() }, agoOf(since, texts.ago)),
      ` · ${filled(texts.since, { time: timeOf(since, language) })} · ${[source, zone].filter(Boolean).join(', ')}`,
      count > 1 ? ` · ${filled(texts.counted, { n: count })}` : '',
    ),
    reasons.length > 0 && element('ul', { class: 'reasons' }, ...reasons.map((reason) => element('li', {}, reason))),
    told.length > 0 && element('p', { class: 'told' }, element('b', {}, `${texts.told}: `), toldOf(told, setup)),
    problem !== '' && element('p', { class: 'problem', role: 'alert' }, problem),
  );
}

/**
 * @param {object} card
 * @param {boolean} loud it rings here
 * @param {object} setup
 * @param {{ take(): unknown, later(): unknown, hush(): unknown }} acts
 */
export function actsOf(card, loud, { texts, mayAct, call, root }, acts) {
  const open = isOpen(card);
  const number = call.replace(/[^+\d*#]/g, '');
  return element(
    'div',
    { class: 'acts' },
    card.state !== 'acknowledged' && mayAct && button(texts.take, acts.take, 'main take'),
    element('a', { class: 'button view', href: `${root}/view` }, texts.view),
    open &&
      number !== '' &&
      element('a', { class: 'button call', href: `tel:${number}` }, filled(texts.call, { number: call })),
    open && mayAct && button(texts.later, acts.later, 'later'),
    loud && button(texts.hush, acts.hush, 'hush'),
  );
}

/** In the words of whoever reads it, where nobody wrote one of their own. */
export function titleOf({ title, titles }, { language }) {
  return titles?.[language] ?? title;
}

/** Somebody has yet to take it. */
export function isOpen({ state }) {
  return state === 'open' || state === 'notified';
}

function toldOf(told, { texts, language }) {
  return told
    .map(
      ({ to, channel, state, at }) =>
        `${to || texts.everybody} (${channel}, ${texts.delivery[state] ?? state} ${timeOf(at, language)})`,
    )
    .join(' · ');
}

/** @param {'notice' | 'warning' | 'critical'} severity */
function shapeOf(severity) {
  const svg = document.createElementNS(vector, 'svg');
  const path = document.createElementNS(vector, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', shapes[severity] ?? shapes.notice);
  svg.append(path);
  return svg;
}
