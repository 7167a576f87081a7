import type { NodeAPI } from 'node-red';
import { defineNode, type Message } from '../../kit/index.js';
import { auditPerson, recordAudit } from '../../store/audit.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { makeDecoder } from '../decode/decode.js';
import { ingestError } from '../ingest/errors.js';
import { Ingest } from '../ingest/ingest.js';
import type { Outcome } from '../ingest/item.js';
import { messagesOf } from '../ingest/messages.js';
import { arrivalOf } from '../ingest/payload.js';
import { Redriver } from '../ingest/redrive.js';
import { serveTrial } from '../trial/route.js';
import { Health } from './health.js';
import { Redrive, SensorInConfig } from './settings.js';
import { subscribe } from './subscription.js';

/** For what is on its way when the node closes; Node-RED waits 15 s. */
const closingMs = 4_000;

const sensorIn = defineNode({
  type: 'percept-sensor-in',
  config: SensorInConfig,
  message: Redrive,
  async start(context) {
    const { config, id, name, signal } = context;
    const decode = makeDecoder(config);
    const store = await context.use<Store>(config.store, 'percept-store');
    const bucket = config.bucket ? await context.use<Bucket>(config.bucket, 'percept-bucket') : undefined;

    const health = new Health(context);
    const ingest = new Ingest({ store, bucket, node: id }, decode, config, {
      waiting: (error) => health.trouble('store', error),
      working: () => health.fine('store'),
    });
    const took = (outcome: Outcome): void => {
      health.took(outcome);
      send(outcome);
    };
    const send = (outcome: Outcome): void => {
      const { stored, rejected } = messagesOf([outcome]);
      if (stored.length + rejected.length > 0) context.send(stored, rejected);
    };
    const subscription = config.broker ? await subscribe(context, ingest, health, took) : undefined;
    const redriver = new Redriver({ store, node: id, ingest, signal });
    health.start();

    let waiting = 0;
    const takeIn = async (msg: Message): Promise<Outcome> => {
      if (waiting >= config.window) throw ingestError('ingest-busy', { waiting });
      const arrival = arrivalOf(msg, Date.now());
      waiting++;
      const outcome = await new Promise<Outcome | undefined>((resolve) =>
        ingest.take(arrival, { comesAgain: false }, resolve),
      );
      waiting--;
      if (!outcome) throw ingestError('ingest-closing', {});
      health.took(outcome);
      return outcome;
    };

    return {
      async input({ msg, values }) {
        if (values.redrive) {
          await redriver.run(values.redrive, send);
          const letters = Array.isArray(values.redrive) ? values.redrive.length : 'all';
          void recordAudit(store, {
            who: auditPerson(msg) ?? '',
            action: 'redrove',
            what: name || id,
            detail: { letters },
          });
          return undefined;
        }
        const { stored, rejected } = messagesOf([await takeIn(msg)], msg);
        return [stored, rejected];
      },
      async close(removed) {
        health.stop();
        // what has been read is committed and acknowledged first; what has not stays with the broker
        await ingest.stop(closingMs);
        await subscription?.stop(removed);
      },
    };
  },
});

export default (RED: NodeAPI): void => {
  sensorIn(RED);
  serveTrial(RED);
};
