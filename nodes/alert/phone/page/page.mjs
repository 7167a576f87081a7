import { aboutOf, actsOf, agoOf, button, element, filled, isOpen, timeOf, titleOf } from './cards.mjs';
import { deviceOf } from './device.mjs';
import { once, soundIsOn, soundWasOn, startRinging, stopRinging, turnSoundOn } from './ring.mjs';

const setup = JSON.parse(document.getElementById('setup').textContent);
const { root, texts, mayAct, language } = setup;
const device = deviceOf(setup);
const place = (id) => document.getElementById(id);
const usualTitle = document.title;
/** ms until somebody who tapped is told that nothing has come of it. */
const patience = 6_000;

let board = { cards: [], ringing: {} };
let heard = false;
let awaySince = 0;
let trouble = false;
let signedOut = false;
let deviceState = 'none';
let deviceProblem = '';
let install;
/** Notices that are to be quiet on this page, and what went wrong, by alert. */
const hushed = new Set(JSON.parse(sessionStorage.getItem('percept-phone-hushed') ?? '[]'));
const problems = new Map();
const shown = new Map();
const headings = { rings: element('h3', {}, texts.rings), others: element('h3', {}, texts.others) };
const calm = element('div', { class: 'calm' }, element('h2', {}, texts.calm), element('p', {}, texts.calmHint));

listen();
void look();
setInterval(freshen, 20_000);
for (const event of ['pointerdown', 'keydown'])
  addEventListener(event, () => !soundIsOn() && soundWasOn() && void turnSoundOn().then(show));
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  install = event;
  show();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  freshen();
  // a phone that was locked has stopped it
  if (soundWasOn()) void turnSoundOn().then(show);
});

function listen() {
  const stream = new EventSource(`${root}/live`);
  stream.addEventListener('message', ({ data }) => {
    board = JSON.parse(data);
    [heard, awaySince, trouble] = [true, 0, false];
    for (const one of board.cards) if (!isOpen(one)) problems.delete(one.id);
    const there = new Set(board.cards.map(({ id }) => id));
    for (const id of shown.keys()) if (!there.has(id)) shown.delete(id);
    show();
  });
  stream.addEventListener('open', () => {
    awaySince = 0;
    show();
  });
  stream.addEventListener('trouble', () => {
    trouble = true;
    show();
  });
  stream.addEventListener('notice', ({ data }) => notify(JSON.parse(data)));
  stream.addEventListener('error', () => {
    awaySince ||= Date.now();
    show();
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => void again(), 3_000);
  });
}

/** The server answered, but not with a stream: it starts, or whoever was here is signed out. */
async function again() {
  const answer = await fetch(`${root}/manifest.webmanifest`).catch(() => undefined);
  if (answer?.status === 401) {
    signedOut = true;
    stopRinging();
    show();
  } else listen();
}

/** What the page itself is told: it rings by how things stand; the rest is shown for a while. */
function notify({ notice, title, text, occasion }) {
  if (soundIsOn() || !document.hidden) void post('seen', { notice }).catch(() => undefined);
  if (occasion === 'step' || occasion === 'repeat') return;
  if (occasion === 'test') once();
  const toast = element(
    'p',
    { class: 'toast', role: 'status' },
    element('b', {}, title),
    text && text !== title ? `\n${text}` : '',
  );
  document.body.append(toast);
  setTimeout(() => toast.remove(), 8_000);
}

function show() {
  const ringing = board.cards.filter(({ id }) => board.ringing[id] !== undefined);
  const loud = ringing.filter(({ id }) => !hushed.has(board.ringing[id]));
  document.body.dataset.state = loud.length > 0 ? 'ringing' : board.cards.length > 0 ? 'open' : 'calm';
  document.body.dataset.severity =
    ['critical', 'warning'].find((one) => loud.some(({ severity }) => severity === one)) ?? 'notice';
  document.body.dataset.sound = soundIsOn() ? 'on' : 'off';
  document.title = loud.length > 0 ? `● ${titleOf(loud[0], setup)}` : usualTitle;
  if (loud.length > 0 && !signedOut) startRinging();
  else stopRinging();
  showLine();
  fill(place('ringing'), ringing.length > 0 ? [headings.rings, ...ringing.map(card)] : []);
  const others = board.cards.filter((one) => !ringing.includes(one)).map(card);
  fill(place('alerts'), others.length > 0 ? [headings.others, ...others] : heard && ringing.length === 0 ? [calm] : []);
  showSwitches();
}

function showLine() {
  const text = trouble
    ? texts.trouble
    : awaySince
      ? filled(texts.away, { time: timeOf(awaySince, language) })
      : heard
        ? texts.live
        : '…';
  const line = place('line');
  if (line.textContent !== text) line.textContent = text;
  line.dataset.state = trouble || awaySince ? 'away' : 'live';
}

/** Its words change where it stands, and its buttons stay as long as they mean the same. */
function card(one) {
  const { id, severity, state } = one;
  const notice = board.ringing[id];
  const loud = notice !== undefined && !hushed.has(notice);
  const known = shown.get(id) ?? {
    made: element('article', { class: 'card', 'data-id': String(id) }),
    about: '',
    acts: '',
  };
  const problem = problems.get(id) ?? '';
  const [about, acts] = [
    JSON.stringify([one, problem]),
    JSON.stringify([isOpen(one), state === 'acknowledged', notice, loud]),
  ];
  const parts = [known.made.children[0], known.made.children[1]];
  if (about !== known.about) parts[0] = aboutOf(one, problem, setup);
  if (acts !== known.acts)
    parts[1] = actsOf(one, loud, setup, {
      take: () => act(one, 'acknowledge'),
      later: () => act(one, 'snooze'),
      hush: () => hush(notice),
    });
  fill(known.made, parts);
  Object.assign(known.made.dataset, { severity, state, ringing: String(notice !== undefined) });
  shown.set(id, { made: known.made, about, acts });
  return known.made;
}

function hush(notice) {
  hushed.add(notice);
  sessionStorage.setItem('percept-phone-hushed', JSON.stringify([...hushed].slice(-100)));
  show();
}

/** What is in place already is not moved: a finger may be on it, and a screen reader would read it once more. */
function fill(parent, wanted) {
  for (const old of [...parent.children]) if (!wanted.includes(old)) old.remove();
  for (const [index, one] of wanted.entries())
    if (parent.children[index] !== one) parent.insertBefore(one, parent.children[index] ?? null);
}

async function act({ id, key }, what) {
  problems.delete(id);
  stopRinging();
  try {
    await post('act', { what, id, key });
    setTimeout(() => {
      const now = board.cards.find((one) => one.id === id);
      if (!now || !isOpen(now)) return;
      problems.set(id, texts.unwired);
      show();
    }, patience);
  } catch (thrown) {
    problems.set(id, filled(texts.failed, { problem: thrown.message }));
    show();
  }
}

async function post(path, body) {
  const response = await fetch(`${root}/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.text()) || String(response.status));
}

function showSwitches() {
  const made = signedOut
    ? [
        element('p', { class: 'hint' }, texts.signedOut),
        element('a', { class: 'button main', href: signInPath() }, texts.signIn),
      ]
    : [
        !mayAct && element('p', { class: 'hint' }, texts.looking),
        soundIsOn()
          ? element('p', { class: 'hint on' }, texts.soundIsOn)
          : button(texts.soundOn, () => turnSoundOn().then(show), 'sound main'),
        !soundIsOn() && element('p', { class: 'hint' }, texts.soundHint),
        ...(mayAct ? deviceSwitch() : []),
        install && button(texts.install, () => install.prompt(), 'install'),
      ].filter(Boolean);
  const switches = place('switches');
  const content = made.map(({ outerHTML }) => outerHTML).join('');
  if (switches.dataset.content === content) return;
  switches.dataset.content = content;
  switches.replaceChildren(...made);
}

function signInPath() {
  return `/access/sign-in?next=${encodeURIComponent(root)}`;
}

function deviceSwitch() {
  const hint = (text) => element('p', { class: 'hint' }, text);
  const problem = deviceProblem ? [element('p', { class: 'problem', role: 'alert' }, deviceProblem)] : [];
  switch (deviceState) {
    case 'on':
      return [
        element('p', { class: 'hint on' }, texts.pushIsOn),
        button(texts.pushOff, () => turn('turnOff'), 'push off'),
        ...problem,
      ];
    case 'off':
      return [button(texts.pushOn, () => turn('turnOn'), 'push'), ...problem];
    case 'denied':
      return [hint(texts.pushDenied)];
    case 'insecure':
      return [hint(texts.pushInsecure)];
    case 'missing':
      return [hint(texts.pushMissing)];
    default:
      return [];
  }
}

async function turn(which) {
  deviceProblem = '';
  await device[which]().catch((thrown) => {
    deviceProblem = filled(texts.pushFailed, { problem: thrown.message });
  });
  deviceState = await device.state();
  show();
}

async function look() {
  deviceState = await device.state().catch(() => 'missing');
  show();
  if (mayAct && deviceState === 'on') await device.confirm().catch(() => undefined);
}

function freshen() {
  for (const span of document.querySelectorAll('[data-ago]'))
    span.textContent = agoOf(Number(span.dataset.ago), texts.ago);
}
