/** Messages on their way at most. */
const window = 500;
const began = Date.UTC(2026, 0, 1);

// `msg.rows`: so many readings go out first; each row's score comes back in; then `msg.seconds` of CPU they took go out second.
module.exports = (RED) => {
  RED.nodes.registerType('test-rows', function rows(config) {
    RED.nodes.createNode(this, config);
    let [at, sent, back, last] = [0, 0, 0, 0];
    let before;
    const feed = () => {
      for (; sent < last && sent - back < window; sent++, at++) this.send([reading(at), null]);
    };
    this.on('input', (msg, send, done) => {
      if (msg.rows) {
        [sent, back, last] = [0, 0, msg.rows];
        before = process.cpuUsage();
        feed();
      } else if (msg.outlier && ++back === last) {
        const { user, system } = process.cpuUsage(before);
        send([null, { seconds: (user + system) / 1e6 }]);
      } else if (last - sent > 0 && sent - back <= window / 2) feed();
      done();
    });
  });
};

/** A row a minute of a daily curve with noise. */
function reading(i) {
  const value = 20 + 5 * Math.sin((i / 720) * Math.PI) + (Math.imul(i, 0x9e3779b1) >>> 0) / 2 ** 32;
  const time = began + i * 60_000;
  return {
    topic: 'plant/pump-1/temperature',
    payload: value,
    reading: { source: 'plant/pump-1', quantity: 'temperature', value, unit: '°C', time },
  };
}
