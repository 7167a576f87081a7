import type { AlertNotice } from '../../kit/index.js';
import { parseNoticeId } from '../desk/entry.js';
import { linkError } from './errors.js';
import { type Purpose, policyTag, seal } from './token.js';

export interface LinkWriter {
  /** As `publicAddress` and `linkRoot` give them. */
  readonly address: string;
  readonly key: Buffer;
  /** How long a link is good. */
  readonly hours: number;
}

/**
 * Where people reach this Node-RED.
 * @returns without a slash at its end; undefined: nowhere that is known
 * @throws PerceptError `links-address`
 */
export function publicAddress(setting: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = (setting || env['PERCEPT_PUBLIC_URL'] || '').trim();
  if (given === '') return undefined;
  const url = URL.parse(given);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw linkError('links-address', { address: given });
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/** Path that all links begin with. @param nodeRoot Node-RED's `httpNodeRoot` */
export function linkRoot(nodeRoot: string | false | undefined): string {
  return `/${nodeRoot || ''}/percept/alert/`.replace(/\/+/g, '/');
}

/** With a link to see the alert and one to take it, for whom the notice is for: in the place of those it has already. */
export function withLinks(notice: AlertNotice, { address, key, hours }: LinkWriter, now = Date.now()): AlertNotice {
  const id = parseNoticeId(notice.notice);
  if (!id || id.alert !== notice.id) return notice;
  const about = {
    ...{ policy: policyTag(notice.policy), alert: notice.id, opened: notice.opened, notice: id.number },
    until: now + hours * 3_600_000,
  };
  const link = (purpose: Purpose) => address + seal(key, { ...about, purpose });
  return { ...notice, links: { open: link('open'), acknowledge: link('acknowledge') } };
}

/** For whoever is not to have what the links give. */
export function withoutLinks({ links: _, ...notice }: AlertNotice): AlertNotice {
  return notice;
}
