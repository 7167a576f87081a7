import { existsSync, globSync } from 'node:fs';
import { dataFolder } from './data.ts';

const found = {
  mosquitto: () => existsSync('/usr/sbin/mosquitto') || existsSync('/usr/local/sbin/mosquitto'),
  postgresql: () => globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  ceph: () => ['ceph-mon', 'ceph-osd', 'radosgw'].every((name) => existsSync(`/usr/bin/${name}`)),
  chromium: () => existsSync('/usr/bin/chromium'),
  data: () => dataFolder() !== undefined,
} as const;

const remedy: Record<keyof typeof found, string> = {
  mosquitto: 'apt-get install --no-install-recommends mosquitto',
  postgresql: 'apt-get install --no-install-recommends postgresql',
  ceph: 'apt-get install --no-install-recommends ceph-mon ceph-osd radosgw',
  chromium: 'apt-get install --no-install-recommends chromium',
  data: 'set PERCEPT_DATA to a folder with the recordings',
};

/**
 * For a test's `skip` option: false when the machine has everything, else what to install.
 * scripts/test.mjs turns a skip into a failure when CI=true.
 */
export function needs(...names: (keyof typeof found)[]): string | false {
  const missing = names.filter((name) => !found[name]());
  return missing.length > 0 && `needs ${missing.map((name) => `${name} (${remedy[name]})`).join(', ')}`;
}
