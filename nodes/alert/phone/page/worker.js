/** Service worker of the phone page: shows what is pushed, and does what is tapped on it. A classic script. */
const { pathname, searchParams } = new URL(self.location.href);
const root = pathname.replace(/\/worker\.js$/, '');
const texts =
  searchParams.get('language') === 'ko'
    ? { take: '내가 맡기', view: '실시간 보기', call: '전화', unreadable: '새 알림이 있습니다.' }
    : { take: 'Take it', view: 'View live', call: 'Call', unreadable: 'There is a new alert.' };

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(show(event.data)));
self.addEventListener('notificationclick', (event) => {
  event.waitUntil(answer(event.action, event.notification));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));

/** @param {PushMessageData | null} data as nodes/alert/channels/push-payload.ts makes it */
async function show(data) {
  const { title, text, tag, alert, severity, open, quiet, since, links } = read(data);
  // a page that somebody looks at rings by itself
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const seen = pages.some(({ url, visibilityState }) => isOurs(url) && visibilityState === 'visible');
  const actions = [
    { action: 'acknowledge', title: texts.take },
    { action: 'view', title: texts.view },
    ...(searchParams.has('call') ? [{ action: 'call', title: texts.call }] : []),
  ];
  await self.registration.showNotification(title, {
    ...{ body: text, tag, timestamp: since, data: { alert, links } },
    ...{ icon: `${root}/icon-192.png`, badge: `${root}/badge-96.png` },
    silent: quiet || seen,
    renotify: !quiet && !seen,
    requireInteraction: open && severity === 'critical',
    actions: open ? actions : [],
  });
}

function read(data) {
  const usual = {
    title: 'Percept',
    text: texts.unreadable,
    tag: 'percept',
    severity: 'warning',
    open: false,
    quiet: false,
  };
  try {
    return { ...usual, ...data?.json() };
  } catch {
    return usual;
  }
}

/**
 * @param {string} action
 * @param {Notification} notification
 */
async function answer(action, notification) {
  const { links } = notification.data ?? {};
  if (action === 'view') return await open(`${root}/view`, notification);
  // whatever comes of it, the person sees it: the alert is taken and the notice goes, or a page opens
  if (action === 'acknowledge' && links && (await taken(links.acknowledge))) return notification.close();
  // nothing here dials: a person taps the number on the page
  await open(await pageFor(links), notification);
}

/** Who is no longer signed in sees this alert all the same, by its link. */
async function pageFor(links) {
  if (!links) return root;
  const known = await fetch(`${root}/manifest.webmanifest`).catch(() => undefined);
  return known?.ok ? root : links.open;
}

/** @param {string} address that takes this alert and nothing else, without a login */
async function taken(address) {
  const answered = await fetch(address, { method: 'POST' }).catch(() => undefined);
  return answered?.ok === true;
}

/**
 * @param {string} path
 * @param {Notification} notification
 */
async function open(path, notification) {
  notification.close();
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = path === root && pages.find(({ url }) => isOurs(url));
  if (page) await page.focus();
  else await self.clients.openWindow(path);
}

/** @param {string} url */
function isOurs(url) {
  const path = new URL(url).pathname;
  return path === root || path === `${root}/`;
}

/** The browser has changed where it takes pushes. Not signed in any more: the page puts it right when it is opened. */
async function renew({ oldSubscription }) {
  const key = oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const made = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  const serverKey = btoa(String.fromCharCode(...new Uint8Array(key)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
  await fetch(`${root}/device`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ endpoint, keys, serverKey, device: '' }),
  });
}
