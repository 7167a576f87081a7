import type { AlertNotice } from '../../kit/index.js';
import { linkKey } from './key.js';
import { linkRoot, publicAddress, withLinks } from './writer.js';

export interface LinkSettings {
  /** Empty: PERCEPT_PUBLIC_URL; without either, notices carry no links. */
  readonly publicUrl: string;
  readonly linkHours: number;
}

/** Of Node-RED's settings. */
export interface LinkRuntime {
  readonly settings: { readonly userDir?: string | undefined; readonly httpNodeRoot?: string | false | undefined };
}

/** What puts links onto notices. Where that cannot be, it is told once: nobody is to miss an alert for a link. */
export function linking(
  { publicUrl, linkHours: hours }: LinkSettings,
  { settings }: LinkRuntime,
  fail: (thrown: unknown) => void,
): (notice: AlertNotice) => AlertNotice {
  try {
    const address = publicAddress(publicUrl);
    if (address === undefined) return (notice) => notice;
    const writer = { address: address + linkRoot(settings.httpNodeRoot), key: linkKey(settings.userDir ?? '.'), hours };
    return (notice) => withLinks(notice, writer);
  } catch (thrown) {
    fail(thrown);
    return (notice) => notice;
  }
}
