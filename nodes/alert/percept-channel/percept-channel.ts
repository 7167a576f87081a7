import type { Node } from 'node-red';
import { Type } from 'typebox';
import { type BrokerSettings, defineNode, type TlsSettings } from '../../kit/index.js';
import type { Store } from '../../store/store.js';
import { openChannel } from '../channels/open.js';
import { isPush } from '../channels/push.js';
import { ChannelSettings } from '../channels/settings.js';
import { knownSinceIn } from '../known-since.js';
import { watchLeavers } from './leavers.js';
import { serveChannelTest } from './route.js';

/** Node-RED's own TLS configuration node. */
interface TlsConfig {
  addTLSOptions(options: object): TlsSettings;
}

export default defineNode({
  type: 'percept-channel',
  config: Type.Object({
    ...ChannelSettings.properties,
    broker: Type.Optional(Type.String()),
    tls: Type.Optional(Type.String()),
    store: Type.Optional(Type.String()),
  }),
  credentials: {
    user: { type: 'text' },
    password: { type: 'password' },
    token: { type: 'password' },
    dkimKey: { type: 'password' },
  },
  async start({ id, name, config, credentials, RED, signal, log, translate, use }) {
    const broker =
      config.kind === 'mqtt'
        ? (await use<{ readonly settings: BrokerSettings }>(config.broker, 'percept-broker')).settings
        : undefined;
    const store = config.kind === 'push' ? await use<Store>(config.store, 'percept-store') : undefined;
    const tls = config.tls ? (RED.nodes.getNode(config.tls) as (Node & TlsConfig) | null) : null;
    const channel = openChannel({
      ...{ id, settings: config, secrets: credentials },
      name: name === 'percept-channel' ? config.kind : name,
      ...(tls ? { tls: tls.addTLSOptions({}) } : {}),
      ...(broker ? { broker } : {}),
      ...(store ? { store, folder: RED.settings.userDir ?? '.', knownSince: knownSinceIn(RED.settings) } : {}),
    });
    const words = { title: translate('percept-channel.test.title'), text: translate('percept-channel.test.text') };
    const unwatch = isPush(channel)
      ? watchLeavers(channel, (count) => log('info', translate('percept-channel.log.left', { count })))
      : undefined;
    const unserve = serveChannelTest(RED, { channel, words, signal });
    return {
      api: channel,
      close: async () => {
        unwatch?.();
        unserve();
        await channel.close?.();
      },
    };
  },
});
