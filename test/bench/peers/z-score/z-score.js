// What most people build first: mean and variance of a series (Welford 1962), and three sigma. Takes what `outlier` takes.
module.exports = (RED) => {
  RED.nodes.registerType('test-z-score', function zScore(config) {
    RED.nodes.createNode(this, config);
    const series = new Map();
    this.on('input', (msg, send, done) => {
      const { source, quantity, value } = msg.reading;
      const key = `${source}\n${quantity}`;
      const known = series.get(key) ?? { count: 0, mean: 0, square: 0 };
      const sigma = Math.sqrt(known.square / Math.max(1, known.count - 1));
      const score = sigma > 0 ? Math.abs(value - known.mean) / sigma : 0;
      const away = value - known.mean;
      known.count++;
      known.mean += away / known.count;
      known.square += away * (value - known.mean);
      series.set(key, known);
      const scored = { ...msg, payload: score, outlier: { source, score, threshold: 3 } };
      send([score > 3 ? scored : null, scored]);
      done();
    });
  });
};
