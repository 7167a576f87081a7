// Nodes made with the kit, to see what defineNode promises in a real Node-RED.
const { join } = require('node:path');
const root = join(__dirname, '../../..');
const { defineNode, defineErrors } = require(join(root, 'dist/kit/index.js'));
const { Type } = require(require.resolve('typebox', { paths: [root] }));

const error = defineErrors({
  'trial-refused': {
    'en-US': { status: 'refused', text: 'The word {word} is not taken.', action: 'Use another.' },
    ko: { status: '거절됨', text: '{word}은(는) 받을 수 없습니다.', action: '다른 말을 쓰세요.' },
  },
});

const api = defineNode({
  type: 'test-api',
  config: Type.Object({ greeting: Type.String({ default: 'hello' }) }),
  start: (context) => ({ api: { greet: (name) => `${context.config.greeting} ${name}` } }),
});

const trial = defineNode({
  type: 'test-trial',
  config: Type.Object({ limit: Type.Integer({ default: 3, minimum: 1 }), api: Type.Optional(Type.String()) }),
  message: Type.Object({ limit: Type.Integer({ minimum: 1 }) }),
  credentials: { password: { type: 'password' } },
  migrations: [(config) => ({ ...config, limit: config.max ?? config.limit })],
  start: async (context) => {
    const other = context.config.api ? await context.use(context.config.api, 'test-api') : undefined;
    let late = false;
    const sendLate = () => {
      context.send({ topic: 'late' });
      context.status('error', 'late');
      context.fail(error('trial-refused', { word: 'late' }));
      console.log('the old instance has sent');
    };
    const timer = setInterval(() => context.send({ topic: 'tick' }), 10);
    return {
      input: async ({ msg, values }) => {
        if (msg.payload === 'reject')
          throw error('trial-refused', { word: `reject ${context.credentials.password ?? ''}` });
        if (msg.payload === 'crash') throw new TypeError('a bug');
        if (msg.payload === 'late') late = true;
        return [{ ...msg, limit: values.limit, greeting: other?.greet('you') }];
      },
      close: () => {
        if (context.config.limit === 99) return new Promise(() => undefined);
        clearInterval(timer);
        if (late) setTimeout(sendLate, 100);
        return undefined;
      },
    };
  },
});

module.exports = (RED) => {
  api(RED);
  trial(RED);
};
