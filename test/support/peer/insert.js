// What integrators wire today: one INSERT per message, as durable as ours. SQLite as node-red-node-sqlite opens it (its
// defaults: rollback journal, synchronous=full) but without a native build; PostgreSQL through a pool, of ten by default.
const { DatabaseSync } = require('node:sqlite');
const { Pool } = require('pg');

const make = 'create table if not exists peer (n bigint, value double precision, time bigint, topic text)';

module.exports = (RED) => {
  RED.nodes.registerType('test-insert', function insert(config) {
    RED.nodes.createNode(this, config);
    const { run, close } = config.url.startsWith('postgres')
      ? postgres(config.url, config.connections)
      : sqlite(config.url);
    this.on('input', (msg, send, done) => {
      run(msg.params).then(
        () => {
          send(msg);
          done();
        },
        (error) => done(error),
      );
    });
    this.on('close', (done) => {
      close().then(done, done);
    });
  });
};

function sqlite(path) {
  const db = new DatabaseSync(path);
  db.exec('pragma synchronous = full; pragma busy_timeout = 10000');
  db.exec(make);
  const insert = db.prepare('insert into peer values (?, ?, ?, ?)');
  return {
    run: async (params) => insert.run(...params),
    close: async () => db.close(),
  };
}

function postgres(url, connections = 10) {
  const pool = new Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  const ready = pool.query(make);
  ready.catch(() => undefined);
  return {
    run: async (params) => {
      await ready;
      await pool.query('insert into peer values ($1, $2, $3, $4)', params);
    },
    close: () => pool.end(),
  };
}
