import { defineNode, type Finding, type Message, type NodeContext, type Spectrogram } from '../../kit/index.js';
import { soundError } from '../errors.js';
import type { NormalModel } from '../normal/model.js';
import { holdThread } from '../thread.js';
import { Keep } from './keep.js';
import type { Listener, Taken } from './listener.js';
import { Listeners } from './listeners.js';
import { AnomalyConfig, AnomalyControl, modelFolder } from './settings.js';

/** What is followed is slow: losing so much of it in a crash does no harm. */
const saveEvery = 10 * 60_000;

export default defineNode({
  type: 'percept-anomaly',
  config: AnomalyConfig,
  message: AnomalyControl,
  start(context) {
    const { config, id, RED } = context;
    const { thread, release } = holdThread();
    const keep = new Keep(modelFolder(String(RED.settings.userDir ?? process.cwd()), id));
    const learn = (heard: Parameters<ConstructorParameters<typeof Listeners>[2]>[0]): Promise<NormalModel> =>
      thread.learn({ heard, now: Date.now() });
    const listeners = new Listeners(config, keep, learn, (problem) => context.fail(problem));
    const saving = setInterval(() => {
      listeners.each((listener) => listener.save()).catch((thrown: unknown) => context.fail(thrown));
    }, saveEvery).unref();
    context.status('ok', 'anomaly.status.ready');

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
        await release();
      },
    };

    async function listen(msg: Message): Promise<void> {
      const spectrogram = spectrogramIn(msg);
      const { source, time } = spectrogram;
      const taken = await listeners.with(source, (listener) => listener.take(spectrogram));
      listeners.note(source, taken);
      const { findings, model, ...anomaly } = taken;
      context.send(
        findings.map((finding) => messageOf(finding, msg)),
        { ...stateOf(msg, source, time, anomaly), ...(model ? { model } : {}) },
      );
    }
  },
});

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

async function useModel(listeners: Listeners, { topic, model }: Message): Promise<void> {
  const given = model as NormalModel;
  const source = typeof topic === 'string' && topic !== '' ? topic : String(given.card?.source ?? '');
  await listeners.with(source, (listener) => listener.use(given));
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
