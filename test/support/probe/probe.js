// `test-probe` sends what reaches it to the parent process; `inject` from the parent makes any node receive a message.
const v8 = require('node:v8');

module.exports = (RED) => {
  RED.nodes.registerType('test-probe', function probe(config) {
    RED.nodes.createNode(this, config);
    this.on('input', (msg, _send, done) => {
      const { req, res, ...rest } = msg;
      process.send?.({ event: 'message', probe: config.name, msg: v8.serialize(rest).toString('base64') });
      done();
    });
  });
  const onParent = (command) => {
    if (command?.event !== 'inject') return;
    RED.nodes.getNode(command.node)?.receive(v8.deserialize(Buffer.from(command.msg, 'base64')));
  };
  process.on('message', onParent);
  const status = (event) => process.send?.({ event: 'status', node: event.id, status: event.status });
  RED.events.on('node-status', status);
};
