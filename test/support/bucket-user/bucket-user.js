// Lets a test use a bucket as a node would: msg.call names the method, msg.args its arguments.
const { Type } = require('typebox');
const { defineNode } = require('../../../dist/kit/index.js');

module.exports = defineNode({
  type: 'test-bucket-user',
  config: Type.Object({ bucket: Type.String() }),
  async start(context) {
    const bucket = await context.use(context.config.bucket, 'percept-bucket');
    return {
      async input({ msg }) {
        return [{ ...msg, payload: await bucket[msg.call](...msg.args) }];
      },
    };
  },
});
