import { parentPort, workerData } from 'node:worker_threads';
import { stepBack } from './priority.js';
import type { Reply, Request, ThreadData } from './protocol.js';
import { firstLine, loadRuntime, type Runtime, RuntimeFailure, Session } from './runtime.js';
import { forTransfer, type NamedTensor, type Tensor } from './tensor.js';

const { bytes, gate, threads, runtimes } = workerData as ThreadData;

stepBack();
void begin();

async function begin(): Promise<void> {
  try {
    const runtime = loadRuntime(runtimes);
    const session = await Session.open(runtime, bytes, threads, gate);
    listen(runtime, session);
    reply({ facts: { runtime: runtime.name, inputs: session.inputs, outputs: session.outputs } });
  } catch (thrown) {
    if (!(thrown instanceof RuntimeFailure)) throw thrown;
    reply({ failure: { kind: thrown.kind, detail: thrown.message } });
    parentPort?.close();
  }
}

function listen(runtime: Runtime, session: Session): void {
  parentPort?.on('message', async (request: Request) => {
    if (request !== 'close') return await answer(runtime, session, request.inputs);
    await session.release();
    parentPort?.close();
  });
}

async function answer(runtime: Runtime, session: Session, inputs: readonly Tensor[]): Promise<void> {
  try {
    const { tensors, moved } = forTransfer(await run(runtime, session, inputs));
    reply({ outputs: tensors }, moved);
  } catch (thrown) {
    reply({ failure: { kind: 'input', detail: firstLine(thrown) } });
  }
}

async function run(runtime: Runtime, session: Session, inputs: readonly Tensor[]): Promise<readonly NamedTensor[]> {
  const names = session.inputs.map(({ name }) => name);
  if (names.length !== inputs.length) throw new Error(`it has ${names.length} inputs, not ${inputs.length}`);
  const feeds = Object.fromEntries(
    inputs.map(({ type, data, dims }, i) => [names[i] as string, new runtime.Tensor(type, data, dims)]),
  );
  const results = await session.run(feeds);
  return session.outputs.map(({ name }) => {
    const { type, data, dims } = results[name] as (typeof results)[string];
    return { name, type, data, dims: [...dims] } as NamedTensor;
  });
}

function reply(message: Reply, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...moved]);
}
