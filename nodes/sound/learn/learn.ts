import { join } from 'node:path';
import { openModels } from '../../inference/registry.js';
import { defineNode, type Message, type NodeContext } from '../../kit/index.js';
import { auditPerson, recordAudit } from '../../store/audit.js';
import type { Bucket } from '../../store/bucket/bucket.js';
import type { Store } from '../../store/store.js';
import { registryFolder } from '../anomaly/settings.js';
import { learnError } from './errors.js';
import { Jobs } from './job.js';
import { Learner } from './learner.js';
import type { Learning } from './learning.js';
import { type Command, commandOf } from './request.js';
import { LearnConfig } from './settings.js';
import { Shelf } from './shelf.js';

type Context = NodeContext<LearnConfig>;

/** ms from one try to the next, where a store or bucket is away after a restart. */
const againMs = 10_000;

export default defineNode({
  type: 'percept-learn',
  config: LearnConfig,
  async start(context) {
    const { config, id, RED, signal } = context;
    const userDir = String(RED.settings.userDir ?? process.cwd());
    const jobs = new Jobs(join(userDir, 'percept', 'learn', id));
    const models = openModels({ folder: registryFolder(userDir) });
    const shelf = new Shelf(models, config.quantity, config.versions, (problem) => context.fail(problem));
    const started = flowsStarted(context);
    const store = await context.use<Store>(config.store, 'percept-store');
    const bucket = await context.use<Bucket>(config.bucket, 'percept-bucket');
    const learner = new Learner(
      {
        quantity: config.quantity,
        preset: config.preset,
        checkpointMs: 1000 * config.checkpoint,
        againMs,
      },
      { store, bucket },
      shelf,
      jobs,
      {
        tell: (learning) => tell(context, learning),
        live: (source) => sendLive(context, shelf, source),
        failed: (problem, { source }) => context.fail(problem, { topic: source } as Message),
        log: (text) => context.log('info', text),
      },
    );
    context.status('ok', 'learn.status.ready');
    // whoever is wired to this node may not be there yet
    void started
      .then(async () => {
        if (signal.aborted) return;
        for (const source of await shelf.sources()) {
          await sendLive(context, shelf, source);
          await learner.tell(source, config.kind);
        }
        await learner.open();
      })
      .catch((thrown: unknown) => context.fail(thrown));

    return {
      async input({ msg }) {
        const command = commandOf(msg, config, Date.now());
        const source = sourceOf(msg, config);
        await obey(context, { learner, shelf }, source, command);
        const action = audited[command.act];
        if (action) {
          const version =
            command.act === 'rollback' && command.version !== undefined ? { version: command.version } : {};
          void recordAudit(store, { who: auditPerson(msg) ?? '', action, what: source, detail: version });
        }
        return undefined;
      },
      close: (removed) => learner.close(removed),
    };
  },
});

/** What of it changes how a machine is judged. */
const audited: Readonly<Partial<Record<Command['act'], string>>> = {
  start: 'learning-started',
  cancel: 'learning-cancelled',
  rollback: 'model-rolled-back',
};

function sourceOf({ topic }: Message, { source }: LearnConfig): string {
  const named = (typeof topic === 'string' && topic) || source;
  if (!named) throw learnError('learn-no-source', {});
  return named;
}

async function obey(
  context: Context,
  { learner, shelf }: { learner: Learner; shelf: Shelf },
  source: string,
  command: Command,
): Promise<void> {
  switch (command.act) {
    case 'start':
      return await learner.start(source, command.asked);
    case 'cancel':
      return await learner.cancel(source);
    case 'pause':
      return await learner.pause(source);
    case 'resume':
      return await learner.resume(source);
    case 'models':
      return await learner.tell(source, context.config.kind);
    case 'rollback':
      await (command.version === undefined ? shelf.back(source) : shelf.use(source, command.version));
      await sendLive(context, shelf, source);
      return await learner.tell(source, context.config.kind);
  }
}

/** One that can't be read is told; the others are sent. */
async function sendLive(context: Context, shelf: Shelf, source: string): Promise<void> {
  try {
    const live = await shelf.live(source);
    if (live) context.send({ topic: source, payload: live.version, model: live.model } as Message, null);
  } catch (thrown) {
    context.fail(thrown, { topic: source } as Message);
  }
}

function tell(context: Context, learning: Learning): void {
  context.send(null, { topic: learning.source, payload: learning.progress, learning } as Message);
  show(context, learning);
}

function show(context: Context, { state, progress, versions }: Learning): void {
  const share = Math.floor(100 * progress);
  const version = versions.find(({ live }) => live)?.version ?? '-';
  if (state === 'gathering' || state === 'features' || state === 'training')
    context.status('busy', `learn.status.${state}`, { share });
  else if (state === 'paused' || state === 'cancelled') context.status('off', `learn.status.${state}`, { share });
  else if (state === 'ready') context.status('ok', 'learn.status.done', { version });
  else if (state === 'idle') context.status('ok', 'learn.status.ready');
  // of a failure the error's own words stay
}

/** Resolves when all nodes of the flows are there. */
function flowsStarted({ RED, signal }: Context): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  RED.events.once('flows:started', resolve);
  signal.addEventListener('abort', () => RED.events.off('flows:started', resolve), { once: true });
  return promise;
}
