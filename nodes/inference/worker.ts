import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { within } from './guard.js';
import type { Facts, Port, Reply, Request, ThreadData } from './protocol.js';
import { firstLine, loadRuntime, openSession, type Runtime, RuntimeFailure } from './runtime.js';
import { forTransfer, type NamedTensor, type Tensor } from './tensor.js';

const { bytes, gate, threads, runtimes } = workerData as ThreadData;

void begin();

async function begin(): Promise<void> {
  try {
    const runtime = loadRuntime(runtimes);
    const session = await within(gate, () => openSession(runtime, bytes, threads));
    listen(runtime, session);
    reply({ facts: factsOf(runtime, session) });
  } catch (thrown) {
    if (!(thrown instanceof RuntimeFailure)) throw thrown;
    reply({ failure: { kind: thrown.kind, detail: thrown.message } });
    parentPort?.close();
  }
}

function listen(runtime: Runtime, session: InferenceSession): void {
  parentPort?.on('message', async (request: Request) => {
    if (request !== 'close') return await answer(runtime, session, request.inputs);
    // once only: a second release throws
    await within(gate, () => session.release());
    parentPort?.close();
  });
}

async function answer(runtime: Runtime, session: InferenceSession, inputs: readonly Tensor[]): Promise<void> {
  try {
    const { tensors, moved } = forTransfer(await run(runtime, session, inputs));
    reply({ outputs: tensors }, moved);
  } catch (thrown) {
    reply({ failure: { kind: 'input', detail: firstLine(thrown) } });
  }
}

async function run(
  runtime: Runtime,
  session: InferenceSession,
  inputs: readonly Tensor[],
): Promise<readonly NamedTensor[]> {
  const names = session.inputNames;
  if (names.length !== inputs.length) throw new Error(`it has ${names.length} inputs, not ${inputs.length}`);
  const feeds = Object.fromEntries(
    inputs.map(({ type, data, dims }, i) => [names[i] as string, new runtime.Tensor(type, data, dims)]),
  );
  const results = await within(gate, () => session.run(feeds));
  return session.outputNames.map((name) => {
    const { type, data, dims } = results[name] as InferenceSession.OnnxValueMapType[string];
    return { name, type, data, dims: [...dims] } as NamedTensor;
  });
}

function factsOf(runtime: Runtime, session: InferenceSession): Facts {
  return {
    runtime: runtime.name,
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
  };
}

function portOf(meta: InferenceSession.ValueMetadata): Port {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, shape: meta.shape }
    : { name: meta.name, type: 'not a tensor', shape: [] };
}

function reply(message: Reply, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...moved]);
}
