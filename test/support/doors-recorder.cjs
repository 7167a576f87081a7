// Preloaded into a Node-RED (`node --require`): remembers what is registered to be served, and writes it to PERCEPT_DOORS on SIGUSR2.
const { writeFileSync } = require('node:fs');
const { Server: HttpServer } = require('node:http');
const Module = require('node:module');
const { Server: NetServer } = require('node:net');

const apps = new Set();
const channels = new Set();
const listening = new Set();
/** By app or router: what was mounted in it, `{ path, inner }`. */
const mounted = new Map();
const patched = new WeakSet();

const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request === 'express' && !patched.has(loaded)) {
    patched.add(loaded);
    watchExpress(loaded);
  }
  if (request === 'socket.io' && !patched.has(loaded)) {
    patched.add(loaded);
    const { attach } = loaded.Server.prototype;
    loaded.Server.prototype.attach = function (...args) {
      channels.add(this);
      return attach.apply(this, args);
    };
  }
  return loaded;
};

const { listen } = NetServer.prototype;
NetServer.prototype.listen = function (...args) {
  listening.add(this);
  return listen.apply(this, args);
};

function watchExpress({ application, Router }) {
  const { lazyrouter } = application;
  application.lazyrouter = function () {
    apps.add(this);
    return lazyrouter.call(this);
  };
  for (const target of [application, Router]) {
    const { use } = target;
    target.use = function (...args) {
      const path = typeof args[0] === 'function' || Array.isArray(args[0]) ? '/' : args[0];
      for (const inner of args.flat().filter((one) => typeof one === 'function')) {
        mounted.set(this, [...(mounted.get(this) ?? []), { path, inner }]);
      }
      return use.apply(this, args);
    };
  }
}

function walk(router, prefix, found, seen) {
  if (seen.includes(router)) return;
  const stack = router.stack ?? router._router?.stack ?? [];
  for (const { route } of stack) {
    if (!route) continue;
    for (const path of [route.path].flat())
      for (const method of Object.keys(route.methods))
        found.push({ method: method === '_all' ? 'ALL' : method.toUpperCase(), prefix, ...pathOf(path) });
  }
  // an app also mounts by way of its own router: the same twice, of which only one is walked
  for (const { path, inner } of mounted.get(router) ?? []) {
    const at = `${prefix}${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
    if (inner.stack || inner._router || mounted.has(inner)) walk(inner, at, found, [...seen, router]);
    else if (inner.name === 'serveStatic') found.push({ method: 'STATIC', prefix: at, path: '/' });
  }
}

function pathOf(path) {
  return path instanceof RegExp ? { pattern: path.source } : { path: String(path) };
}

process.on('SIGUSR2', () => {
  const inner = new Set([...mounted.values()].flat().map((one) => one.inner));
  const routes = [];
  for (const app of apps) if (!inner.has(app)) walk(app, '', routes, []);
  const servers = [...listening]
    .filter((server) => server.listening)
    .map((server) => ({
      ...server.address(),
      http: server instanceof HttpServer || server.listenerCount('request') > 0,
    }));
  const sockets = [...channels].map((io) => ({
    path: io.path(),
    namespaces: [...io._nsps].map(([name, space]) => ({ name, locks: space._fns.length })),
    patterns: io.parentNsps.size,
  }));
  writeFileSync(process.env.PERCEPT_DOORS, JSON.stringify({ routes, servers, sockets }));
});
