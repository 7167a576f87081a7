import { parentPort, workerData } from 'node:worker_threads';
import { PerceptError } from '../../kit/index.js';
import { stepBack } from '../priority.js';
import { loadRuntime, RuntimeFailure } from '../runtime.js';
import type { TrainingReply, TrainingThreadData, Wish } from './protocol.js';
import { Trainer } from './trainer.js';

const { gate, runtimes, ...job } = workerData as TrainingThreadData;
let wish: Wish | 'go on' = 'go on';

parentPort?.on('message', (wanted: Wish) => {
  wish = wanted;
});

stepBack();
void learn().then((reply) => {
  parentPort?.postMessage(reply, 'trained' in reply ? [reply.trained.model.buffer] : []);
  parentPort?.close();
});

async function learn(): Promise<TrainingReply> {
  try {
    const trainer = new Trainer(loadRuntime(runtimes), job, {
      gate,
      progress: (progress) => parentPort?.postMessage({ progress } satisfies TrainingReply),
      wish: () => wish,
    });
    return { trained: await trainer.run() };
  } catch (thrown) {
    if (thrown instanceof PerceptError) return { failure: { code: thrown.code, params: thrown.params } };
    if (thrown instanceof RuntimeFailure && thrown.kind === 'no-runtime') return { noRuntime: thrown.message };
    throw thrown;
  }
}
