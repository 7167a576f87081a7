// ONNX Runtime, but a thread that is asked to work on 666 ends as by a fault inside it: no promise is there to reject.
const runtime = require('onnxruntime-node');

const create = runtime.InferenceSession.create.bind(runtime.InferenceSession);

exports.env = runtime.env;
exports.Tensor = runtime.Tensor;
exports.InferenceSession = {
  async create(...args) {
    const session = await create(...args);
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      inputMetadata: session.inputMetadata,
      outputMetadata: session.outputMetadata,
      release: () => session.release(),
      run: (feeds) => {
        if (Object.values(feeds).some(({ data }) => data[0] === 666)) {
          setImmediate(() => {
            throw new Error('struck by lightning');
          });
          return new Promise(() => undefined);
        }
        return session.run(feeds);
      },
    };
  },
};
