import type { ClientConfig } from 'pg';
import { storeError } from '../errors.js';
import type { StoreSettings } from '../handle.js';

export interface Hosts {
  /** Without password and parameters. */
  readonly label: string;
  readonly configs: readonly ClientConfig[];
}

const form = /^(postgres(?:ql)?:\/\/)(?:([^@/]*)@)?([^/?@]*)(\/[^?]*)?(\?.*)?$/i;

/** Every host of the URL with the same user, database and parameters. */
export function hostsOf(settings: StoreSettings): Hosts {
  const [, scheme = '', userInfo = '', hosts = '', path = '', query = ''] = form.exec(settings.url) ?? [];
  if (!scheme) {
    const store = 'postgres://…';
    throw storeError('store-missing', {
      store,
      detail: 'the address is not of the form postgres://host:port/database',
    });
  }
  const [urlUser = '', ...urlPassword] = userInfo.split(':');
  const user = settings.user || decodeURIComponent(urlUser);
  const password = settings.password || decodeURIComponent(urlPassword.join(':'));
  const account = user ? `${encodeURIComponent(user)}${password ? `:${encodeURIComponent(password)}` : ''}@` : '';
  return {
    label: `postgres://${user ? `${user}@` : ''}${hosts}${path}`,
    configs: hosts.split(',').map((host) => ({
      connectionString: `${scheme}${account}${host}${path}${query}`,
      application_name: 'percept',
      connectionTimeoutMillis: settings.connectMs ?? 3_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    })),
  };
}
