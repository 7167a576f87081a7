import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import { type Access, openAccess } from '../access/access.js';
import { Proxies } from '../access/address.js';
import { openAuditStore, recordDoor } from '../access/audit-sink.js';
import type { DoorEvent } from '../access/door.js';
import { accessError } from '../access/errors.js';
import type { OidcSettings } from '../access/oidc.js';
import { isRole, type Role } from '../access/roles.js';
import { badOption, usualPlaces } from './options.js';
import { speaker } from './texts.js';

/** Where the demo listens and how it is reached. */
export interface Reached {
  readonly userDir: string;
  readonly port: number;
  readonly host: string;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly publicUrl: string | undefined;
  readonly proxies: readonly string[];
}

const say = speaker({
  open: {
    'en-US':
      'Passwords cross the network in the clear: give --tls-cert and --tls-key, or put a proxy with TLS in front.',
    ko: '비밀번호가 암호화되지 않고 네트워크를 지나갑니다. --tls-cert와 --tls-key를 주거나 TLS 프록시를 앞에 두세요.',
  },
});

/** @throws PerceptError `access-files`, `bad-option` */
export function makeServer({ tlsCert, tlsKey }: Reached): Server {
  if (tlsCert === undefined && tlsKey === undefined) return createServer();
  try {
    const files = { cert: readFileSync(tlsCert ?? ''), key: readFileSync(tlsKey ?? '') };
    return createTlsServer({ ...files, minVersion: 'TLSv1.2' });
  } catch (cause) {
    throw accessError('access-files', { detail: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}

/**
 * Whoever comes in or is refused stands in the store's audit log.
 * @throws PerceptError `bad-option`, `access-password-weak`
 */
export async function openDoor(reached: Reached, env: NodeJS.ProcessEnv = process.env): Promise<Access> {
  const { userDir, port, publicUrl, proxies } = reached;
  if (publicUrl !== undefined && !/^https?:/.test(URL.parse(publicUrl)?.protocol ?? ''))
    throw badOption(`"${publicUrl}" is not an address like https://plant.example`);
  checkProxies(proxies);
  const options = { folder: userDir, port, publicUrl, proxies, oidc: providerIn(env), home: '/dashboard/overview' };
  const store = await openAuditStore(usualPlaces(userDir).store);
  const note = (event: DoorEvent): void => recordDoor(store, event);
  const access = await openAccess({ ...options, note }, env['PERCEPT_OWNER_PASSWORD']);
  return {
    ...access,
    close: async () => {
      await access.close();
      await store.close();
    },
  };
}

function checkProxies(addresses: readonly string[]): void {
  try {
    new Proxies(addresses);
  } catch {
    throw badOption(`--proxy "${addresses.join(' ')}" is neither like 192.168.1.2 nor like 172.16.0.0/12`);
  }
}

/** @returns the address to print, and what to tell with it */
export function addressesOf({ host, tlsCert, publicUrl }: Reached, port: number): { at: string; notes: string[] } {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : isIP(host) === 6 ? `[${host}]` : host;
  const at = publicUrl?.replace(/\/$/, '') ?? `${tlsCert === undefined ? 'http' : 'https'}://${name}:${port}`;
  const local = /^(127\.|::1$|localhost$)/.test(host);
  return { at, notes: local || tlsCert !== undefined || publicUrl?.startsWith('https:') ? [] : [say('open')] };
}

function providerIn(env: NodeJS.ProcessEnv): OidcSettings | undefined {
  const [issuer, clientId] = [env['PERCEPT_OIDC_ISSUER'], env['PERCEPT_OIDC_CLIENT_ID']];
  if (!issuer || !clientId) return undefined;
  if (!URL.canParse(issuer)) throw badOption(`PERCEPT_OIDC_ISSUER: "${issuer}" is not an address`);
  const [clientSecret, name, groupsClaim] = ['_CLIENT_SECRET', '_NAME', '_GROUPS_CLAIM'].map(
    (end) => env[`PERCEPT_OIDC${end}`],
  );
  return {
    issuer,
    clientId,
    groups: groupsIn(env['PERCEPT_OIDC_GROUPS'] ?? ''),
    ...(clientSecret ? { clientSecret } : {}),
    ...(name ? { name } : {}),
    ...(groupsClaim ? { groupsClaim } : {}),
  };
}

/** `admins=owner,crew=operator` */
function groupsIn(text: string): Record<string, Role> {
  const pairs = text.split(',').flatMap((pair): [string, Role][] => {
    const at = pair.lastIndexOf('=');
    const [group, role] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (pair.trim() === '') return [];
    if (at < 1 || !isRole(role))
      throw badOption(`PERCEPT_OIDC_GROUPS: "${pair.trim()}" is not GROUP=viewer, =operator or =owner`);
    return [[group, role]];
  });
  return Object.fromEntries(pairs);
}
