/** Notifications on this device: the service worker and its subscription. */

/** @typedef {'insecure' | 'missing' | 'denied' | 'off' | 'on' | 'none'} DeviceState */

/**
 * @param {{ root: string, call: string, language: string, serverKey: string }} setup
 */
export function deviceOf(setup) {
  const { root, call, language, serverKey } = setup;
  const known = 'serviceWorker' in navigator;
  const address = `${root}/worker.js?${new URLSearchParams({ language, ...(call ? { call } : {}) })}`;
  /** @type {Promise<ServiceWorkerRegistration | undefined>} */
  const registered = known
    ? navigator.serviceWorker.register(address, { scope: root }).catch(() => undefined)
    : Promise.resolve(undefined);

  return {
    /** @returns {Promise<DeviceState>} */
    async state() {
      if (!serverKey) return 'none';
      if (!window.isSecureContext) return 'insecure';
      const registration = await registered;
      if (!registration || !('pushManager' in registration) || !('Notification' in window)) return 'missing';
      if (Notification.permission === 'denied') return 'denied';
      const subscription = await registration.pushManager.getSubscription();
      return subscription && isOurs(subscription, serverKey) ? 'on' : 'off';
    },
    /** Within a tap: the browser asks the person. */
    async turnOn() {
      const registration = await registered;
      if (!registration || (await Notification.requestPermission()) !== 'granted') return;
      const earlier = await registration.pushManager.getSubscription();
      if (earlier && !isOurs(earlier, serverKey)) await earlier.unsubscribe();
      const options = { userVisibleOnly: true, applicationServerKey: bytesOf(serverKey) };
      await keep(await registration.pushManager.subscribe(options));
    },
    async turnOff() {
      const subscription = await (await registered)?.pushManager.getSubscription();
      if (!subscription) return;
      await tell('DELETE', { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    },
    /** It is still there, and of whoever is signed in now. */
    async confirm() {
      const subscription = await (await registered)?.pushManager?.getSubscription();
      if (subscription && isOurs(subscription, serverKey)) await keep(subscription);
    },
  };

  /** @param {PushSubscription} subscription */
  async function keep(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    await tell('PUT', {
      endpoint,
      keys,
      serverKey,
      device: navigator.userAgentData?.platform || navigator.platform || '',
    });
  }

  /**
   * @param {string} method
   * @param {object} body
   */
  async function tell(method, body) {
    const response = await fetch(`${root}/device`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error((await response.text()) || String(response.status));
  }
}

/**
 * @param {PushSubscription} subscription
 * @param {string} serverKey
 */
function isOurs(subscription, serverKey) {
  const key = subscription.options.applicationServerKey;
  return key !== null && btoa(String.fromCharCode(...new Uint8Array(key))).replace(/=+$/, '') === standard(serverKey);
}

/** @param {string} text base64url */
function bytesOf(text) {
  return Uint8Array.from(atob(standard(text)), (sign) => sign.charCodeAt(0));
}

/** @param {string} text base64url */
function standard(text) {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
