import { type AlertNotice, language } from '../../kit/index.js';

/** What a person can press in a notice. */
export interface Tap {
  readonly label: string;
  /** Opened, it shows the alert; nothing changes before a person taps there. */
  readonly url: string;
  /** A `POST` to it takes the alert at once. */
  readonly takes: boolean;
}

const labels = {
  'en-US': { open: 'Open', take: 'I take it' },
  ko: { open: '열기', take: '제가 맡겠습니다' },
};

/** To see it, and to take it as long as there is something to take; none where the notice carries no links. */
export function tapsOf({ links, state, occasion }: AlertNotice): Tap[] {
  if (!links) return [];
  const { open, take } = labels[language()];
  const over = state === 'acknowledged' || state === 'resolved' || state === 'expired' || occasion === 'test';
  const taps = [{ label: open, url: links.open, takes: false }];
  return over ? taps : [...taps, { label: take, url: links.acknowledge, takes: true }];
}

/** As lines of a text. */
export function tapLines(notice: AlertNotice): string[] {
  return tapsOf(notice).map(({ label, url }) => `${label}: ${url}`);
}

/** Not for errors, which logs and pages show. */
export function linkSecrets({ links }: AlertNotice): string[] {
  return links ? [links.open, links.acknowledge] : [];
}
