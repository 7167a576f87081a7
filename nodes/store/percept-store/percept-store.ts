import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { defineNode, type NodeContext } from '../../kit/index.js';
import { defaultName } from '../backup.js';
import { backUpRegularly } from '../backup-schedule.js';
import type { Bucket } from '../bucket/bucket.js';
import type { StoreHandle, StoreState } from '../handle.js';
import { isPostgres, openStore, type Retention } from '../open.js';

const Days = Type.Number({ minimum: 0, maximum: 36_500, default: 0 });
const config = Type.Object({
  url: Type.String({ default: 'percept/percept.sqlite' }),
  keepReadings: Days,
  keepRollups: Days,
  keepRecordings: Days,
  keepRules: Type.Array(
    Type.Object({
      kind: Type.String({ maxLength: 40, default: '' }),
      source: Type.String({ maxLength: 200, default: '' }),
      days: Days,
    }),
    { maxItems: 100, default: [] },
  ),
  keepFindings: Days,
  keepAlerts: Days,
  keepDeadLetters: Days,
  bucket: Type.Optional(Type.String()),
  backupHours: Type.Number({ minimum: 0, maximum: 8_760, default: 0 }),
  backupKeep: Type.Integer({ minimum: 1, maximum: 10_000, default: 7 }),
  backupName: Type.String({ maxLength: 100, default: defaultName }),
});
type Config = Static<typeof config>;

/** Others may still have something to write when all nodes close at once. */
const quietMs = 250;

export default defineNode({
  type: 'percept-store',
  config,
  credentials: { user: { type: 'text' }, password: { type: 'password' } },

  async start(context) {
    const { config, credentials, signal } = context;
    const { user, password } = credentials;
    const store = await openStore({
      url: isPostgres(config.url) ? config.url : resolve(context.RED.settings.userDir ?? '.', config.url),
      ...(user ? { user } : {}),
      ...(password ? { password } : {}),
      retention: retentionOf(config),
      onRecordingsExpired: (keys) => deleteObjects(context, keys),
      onProblem: (problem) => context.fail(problem),
      patient: true,
    });
    store.onState((state) => tell(context, store.label, state));
    if (signal.aborted) await store.close();
    else void backUp(context, store);
    return { api: store, close: () => store.close(quietMs) };
  },
});

function retentionOf(config: Config): Retention {
  return {
    reading: config.keepReadings,
    rollup: config.keepRollups,
    recording: config.keepRecordings,
    recordingRules: config.keepRules,
    finding: config.keepFindings,
    alert: config.keepAlerts,
    dead_letter: config.keepDeadLetters,
  };
}

function backUp(context: NodeContext<Config>, store: StoreHandle): Promise<void> {
  const { bucket, backupHours: hours, backupKeep: keep, backupName: name } = context.config;
  if (!bucket || hours === 0) return Promise.resolve();
  return backUpRegularly(
    {
      store,
      bucket: () => context.use<Bucket>(bucket, 'percept-bucket'),
      hours,
      keep,
      name,
      userDir: context.RED.settings.userDir,
      onDone: ({ manifest }) =>
        context.log('info', context.translate('percept-store.log.backedUp', { key: manifest.packed.key })),
      onProblem: (thrown) => context.fail(thrown),
    },
    context.signal,
  );
}

function tell(context: NodeContext<Config>, label: string, state: StoreState): void {
  if (state.open) context.log('info', context.translate('percept-store.log.open', { label }));
  else if (state.problem) context.fail(state.problem);
}

/** @returns keys of objects that are locked or on hold */
async function deleteObjects(context: NodeContext<Config>, keys: readonly string[]): Promise<readonly string[]> {
  if (!context.config.bucket) return [];
  const bucket = await context.use<Bucket>(context.config.bucket, 'percept-bucket');
  const stay: string[] = [];
  for (const key of keys) {
    await bucket.delete(key).catch((thrown: unknown) => {
      if ((thrown as { code?: string }).code !== 'bucket-locked') throw thrown;
      stay.push(key);
    });
  }
  return stay;
}
