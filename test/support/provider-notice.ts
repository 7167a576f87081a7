import type { Channel, Parcel } from '../../dist/alert/channels/channel.js';
import { openChannel } from '../../dist/alert/channels/open.js';
import type { ChannelOptions, ChannelSettings } from '../../dist/alert/channels/settings.js';
import type { AlertNotice } from '../../dist/kit/index.js';

const opened = Date.UTC(2026, 0, 5, 12);

export function notice(number: number, changes: Partial<AlertNotice> = {}): AlertNotice {
  return {
    ...{ id: 17, policy: 'house', key: 'loitering/door/', state: 'open', severity: 'warning', kind: 'loitering' },
    ...{ source: 'door', zone: '', opened, count: 1, round: 1, step: 0, title: 'Somebody at the door' },
    ...{ text: 'Since noon', reasons: [], evidence: [], notice: `17.${number}`, channel: 'push', to: 'anna' },
    ...{ occasion: 'step', thread: '17/push/anna', again: false, quiet: false },
    ...changes,
  };
}

export function parcel(changes: Partial<Parcel> = {}): Parcel {
  return {
    ...{ notice: notice(1), key: `house/${opened}/17.1`, thread: `house/${opened}/17/push/anna` },
    ...{ earlier: [], picture: async () => undefined, ...changes },
  };
}

export function channel(settings: Partial<ChannelSettings>, options: Partial<ChannelOptions> = {}): Channel {
  return openChannel({
    ...{ id: 'c1', name: 'test channel', secrets: {} },
    ...options,
    settings: {
      ...{ kind: 'webhook', to: '', people: [], url: '', host: '127.0.0.1', port: 587, security: 'starttls' },
      ...{ from: '', dkimDomain: '', dkimSelector: '', voice: false, topic: '', discovery: '' },
      ...{ region: '', perMinute: 1_000, timeout: 5 },
      ...settings,
    },
  });
}
