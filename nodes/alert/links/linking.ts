import type { AlertNotice } from '../../kit/index.js';
import { linkKey } from './key.js';
import { linkRoot, publicAddress, withLinks, withoutLinks } from './writer.js';

export interface LinkSettings {
  /** Empty: PERCEPT_PUBLIC_URL; without either, notices carry no links. */
  readonly publicUrl: string;
  readonly linkHours: number;
}

/** Of Node-RED's settings. */
export interface LinkRuntime {
  readonly settings: { readonly userDir?: string | undefined; readonly httpNodeRoot?: string | false | undefined };
}

/** A notice waits without links, and gets them each time it is sent: they are good from then on, and rest nowhere. */
export interface Linking {
  kept(notice: AlertNotice): AlertNotice;
  sent(notice: AlertNotice): AlertNotice;
}

/** Somebody else may have put links there. */
const asTheyAre: Linking = { kept: (notice) => notice, sent: (notice) => notice };

/** Where links cannot be made, it is told once: nobody is to miss an alert for a link. */
export function linking(
  { publicUrl, linkHours: hours }: LinkSettings,
  { settings }: LinkRuntime,
  fail: (thrown: unknown) => void,
): Linking {
  try {
    const address = publicAddress(publicUrl);
    if (address === undefined) return asTheyAre;
    const writer = { address: address + linkRoot(settings.httpNodeRoot), key: linkKey(settings.userDir ?? '.'), hours };
    return { kept: withoutLinks, sent: (notice) => withLinks(notice, writer) };
  } catch (thrown) {
    fail(thrown);
    return asTheyAre;
  }
}
