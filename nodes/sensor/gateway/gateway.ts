import { defineNode, type Message, type NodeContext } from '../../kit/index.js';
import { stableClientId } from '../mqtt/options.js';
import type { Broker } from '../percept-broker/percept-broker.js';
import { StepWatch } from './clock.js';
import { Forwarder } from './forwarder.js';
import { Health } from './health.js';
import { Outbox } from './outbox.js';
import { prioritizer } from './priority.js';
import { readingsReader } from './readings.js';
import { GatewayConfig, GatewayControl, outboxPath } from './settings.js';

/** For a clock that was set. */
const lookEveryMs = 1000;

export default defineNode({
  type: 'percept-gateway',
  config: GatewayConfig,
  message: GatewayControl,
  async start(context) {
    const { config } = context;
    const { settings: broker } = await context.use<Broker>(config.broker, 'percept-broker');
    const read = readingsReader(prioritizer(config.priorities));
    const outbox = await openOutbox(context);
    const health = new Health(context, outbox, Date.now);
    const forwarder = new Forwarder(
      outbox,
      {
        broker,
        clientId: config.clientId || stableClientId(context.id, 'gateway', userDirOf(context)),
        topic: config.topic,
        compression: config.compression,
        window: config.window,
        listener: config.listener,
        batchCount: config.batchCount,
        batchMs: config.batchSeconds * 1000,
        patienceMs: config.patience * 1000,
        clockMs: config.clockSeconds * 1000,
      },
      {
        link: (state) => health.link(state),
        sent: (batch) => health.sent(batch),
        trouble: (error) => health.trouble(error),
        letter: ({ id: _, epoch: __, ...reading }, deadLetter, reason) =>
          context.send(null, { topic: config.topic, payload: reading.value, reading, reason, deadLetter } as never),
      },
    );
    if (outbox.damaged) health.damaged(outbox.damaged);
    health.start();
    forwarder.start();
    const steps = new StepWatch();
    const watch = setInterval(() => {
      const step = steps.look();
      if (step !== 0) forwarder.stepped(step).catch((thrown: unknown) => context.fail(thrown));
    }, lookEveryMs);

    return {
      async input({ msg, values }) {
        if (values.control === 'cut') await forwarder.cut();
        else if (values.control === 'join') {
          forwarder.join();
          health.joined();
        } else await takeIn(msg);
        return undefined;
      },
      async close() {
        clearInterval(watch);
        health.stop();
        await forwarder.stop();
        await outbox.close();
      },
    };

    async function takeIn(msg: Message): Promise<void> {
      await outbox.append(read(msg, Date.now()));
      forwarder.wake();
    }
  },
});

function openOutbox({ config, id, RED }: NodeContext<GatewayConfig>): Promise<Outbox> {
  return Outbox.open({
    path: outboxPath(config, id, String(RED.settings.userDir ?? '')),
    ours: config.path === '',
    groupCount: config.groupCount,
    groupMs: config.groupMs,
    maxReadings: config.maxReadings,
    maxBytes: config.maxMegabytes * 1024 * 1024,
    policy: config.policy,
    now: Date.now,
  });
}

function userDirOf({ RED }: NodeContext<unknown>): string {
  return String(RED.settings.userDir ?? process.cwd());
}
