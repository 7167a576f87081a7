import type { NodeContext } from '../../kit/index.js';
import { stableClientId } from '../mqtt/options.js';
import type { Broker } from '../percept-broker/percept-broker.js';
import { StepWatch } from './clock.js';
import { Forwarder } from './forwarder.js';
import { Health } from './health.js';
import { Outbox } from './outbox.js';
import type { Row } from './row.js';
import { type GatewayConfig, outboxPath } from './settings.js';

/** A gateway whose outbox is open. */
export interface RunningGateway {
  /** Resolves when they are safe. */
  take(rows: readonly Row[]): Promise<void>;
  cut(): Promise<void>;
  join(): void;
  close(): Promise<void>;
}

/** For a clock that was set. */
const lookEveryMs = 1000;

export async function runGateway(context: NodeContext<GatewayConfig>, { settings }: Broker): Promise<RunningGateway> {
  const { config } = context;
  const userDir = String(context.RED.settings.userDir ?? '');
  const outbox = await Outbox.open({
    path: outboxPath(config, context.id, userDir),
    ours: config.path === '',
    groupCount: config.groupCount,
    groupMs: config.groupMs,
    maxReadings: config.maxReadings,
    maxBytes: config.maxMegabytes * 1024 * 1024,
    policy: config.policy,
    now: Date.now,
  });
  const health = new Health(context, outbox, Date.now);
  const forwarder = new Forwarder(
    outbox,
    {
      broker: settings,
      clientId: config.clientId || stableClientId(context.id, 'gateway', userDir),
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
    async take(rows) {
      await outbox.append(rows);
      forwarder.wake();
    },
    cut: () => forwarder.cut(),
    join() {
      forwarder.join();
      health.joined();
    },
    async close() {
      clearInterval(watch);
      health.stop();
      await forwarder.stop();
      await outbox.close();
    },
  };
}
