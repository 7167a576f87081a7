import type { NodeAPI } from 'node-red';
import { openModels } from '../../inference/registry.js';
import { defineNode, type Finding, type Message, type NodeContext, type Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import { Networks } from '../network/networks.js';
import type { NormalModel } from '../normal/model.js';
import { holdThread } from '../thread.js';
import { judgesBy } from './judges.js';
import { isNamed, Keep, type Named } from './keep.js';
import type { Listener, Taken } from './listener.js';
import { Listeners } from './listeners.js';
import { serveModels } from './models.js';
import { AnomalyConfig, AnomalyControl, modelFolder, networkIn, registryFolder } from './settings.js';

/** What is followed is slow: losing so much of it in a crash does no harm. */
const saveEvery = 10 * 60_000;

const anomaly = defineNode({
  type: 'percept-anomaly',
  config: AnomalyConfig,
  message: AnomalyControl,
  start(context) {
    const { config, id, RED } = context;
    const userDir = String(RED.settings.userDir ?? process.cwd());
    const network = networkIn(config);
    const networks = new Networks(openModels({ folder: registryFolder(userDir) }), (problem) => context.fail(problem));
    const { thread, release } = holdThread();
    const keep = new Keep(modelFolder(userDir, id));
    const learn = (heard: Parameters<ConstructorParameters<typeof Listeners>[2]>[0]): Promise<NormalModel> =>
      thread.learn({ heard, now: Date.now() });
    const settings = { ...config, ...(network ? { network } : {}) };
    const listeners = new Listeners(settings, keep, learn, judgesBy(networks, config), (problem) =>
      context.fail(problem),
    );
    const saving = setInterval(() => {
      listeners.each((listener) => listener.save()).catch((thrown: unknown) => context.fail(thrown));
    }, saveEvery).unref();
    context.status('ok', 'anomaly.status.ready');
    // what is wrong with a model is told now, not when the first sound comes
    if (network)
      networks
        .network(network)
        .load()
        .catch((thrown: unknown) => context.fail(thrown));

    return {
      async input({ msg, values: { learn: wanted } }) {
        if (wanted !== undefined) await control(listeners, msg, wanted);
        else if (msg['model'] !== undefined) await useModel(listeners, msg);
        else await listen(msg);
        show(context, listeners);
        return undefined;
      },
      async close(removed) {
        clearInterval(saving);
        await (removed ? keep.remove() : listeners.each((listener) => listener.save()));
        await networks.close();
        await release();
      },
    };

    async function listen(msg: Message): Promise<void> {
      const spectrogram = spectrogramIn(msg);
      const { source, time } = spectrogram;
      const taken = await listeners.with(source, (listener) => listener.take(spectrogram, recordingsOf(msg)));
      listeners.note(source, taken);
      const { findings, model, ...anomaly } = taken;
      context.send(
        findings.map((finding) => messageOf(finding, msg)),
        { ...stateOf(msg, source, time, anomaly), ...(model ? { model } : {}) },
      );
    }
  },
});

export default (RED: NodeAPI): void => {
  anomaly(RED);
  serveModels(RED);
};

function spectrogramIn(msg: Message): Spectrogram {
  const spectrogram = msg['spectrogram'] as Partial<Spectrogram> | undefined;
  if (!(spectrogram?.data instanceof Uint8Array) || !Array.isArray(spectrogram.shape) || !spectrogram.source)
    throw soundError('sound-no-spectrogram', {});
  return spectrogram as Spectrogram;
}

/** Of the source in the topic, or of all that have been heard. */
async function control(listeners: Listeners, { topic }: Message, wanted: boolean | string): Promise<void> {
  const act = async (listener: Listener): Promise<void> => {
    if (wanted === 'finish') await listener.finish();
    else if (wanted === false || wanted === 'cancel') listener.cancel();
    else listener.begin();
  };
  if (typeof topic === 'string' && topic !== '') await listeners.with(topic, act);
  else await listeners.each(act);
}

/** Of the source in the topic; a learned normal also says itself whose it is. */
async function useModel(listeners: Listeners, { topic, model }: Message): Promise<void> {
  if (model === null || typeof model !== 'object') throw soundError('sound-model', { problem: 'it is no object' });
  const given = model as NormalModel | Named;
  const own = isNamed(given) ? '' : String(given.card?.source ?? '');
  const source = typeof topic === 'string' && topic !== '' ? topic : own;
  if (source === '')
    throw soundError('sound-model', { problem: 'nothing says whose it is: put the source in msg.topic' });
  await listeners.with(source, (listener) => listener.use(given));
}

/** Bucket keys, as far as who sent the sound knows them. */
function recordingsOf({ spectrogram, recording }: Message): readonly string[] {
  const keys = (spectrogram as { recordings?: unknown }).recordings;
  if (Array.isArray(keys)) return keys.filter((key) => typeof key === 'string');
  const key = (recording as { key?: unknown } | undefined)?.key;
  return typeof key === 'string' ? [key] : [];
}

function messageOf(finding: Finding, from: Message): Message {
  return { ...from, topic: finding.source, payload: finding.reasons[0] ?? finding.kind, finding } as Message;
}

function stateOf(from: Message, source: string, time: number, taken: Omit<Taken, 'findings' | 'model'>): Message {
  return { ...from, topic: source, payload: taken.score, anomaly: { source, time, ...taken } } as Message;
}

function show(context: NodeContext<unknown>, listeners: Listeners): void {
  const { states, all, learning } = listeners.summary;
  if (states.strange > 0) context.status('error', 'anomaly.status.strange', { count: states.strange, all });
  else if (states.silent > 0) context.status('warn', 'anomaly.status.silent', { count: states.silent, all });
  else if (learning !== undefined)
    context.status('busy', 'anomaly.status.learning', { share: Math.floor(100 * learning) });
  else if (states.unknown === all) context.status('off', 'anomaly.status.unknown');
  else context.status('ok', 'anomaly.status.normal', { count: states.normal, all });
}
