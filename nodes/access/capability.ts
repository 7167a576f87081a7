import type { IncomingMessage } from 'node:http';
import { pathAsSent } from './request.js';

/**
 * Addresses that open by what they hold instead of by who asks: a long secret in the path, checked by whoever answers there.
 * Matched as it was sent, letter by letter: dots and escapes that one reader resolves and the next does not would let a request for
 * something else through.
 */
const capability = /^\/percept\/alert\/[\w-]{40,120}(\/evidence\/\d{1,2})?(?:\?.*)?$/;

/** @param root where nodes serve, Node-RED's `httpNodeRoot` */
export function capabilities(root = '/'): (request: IncomingMessage) => boolean {
  const base = `/${root}`.replace(/\/+$/, '').replace(/^\/+/, '/');
  return (request) => {
    const asked = pathAsSent(request);
    const found = asked.startsWith(base) ? capability.exec(asked.slice(base.length)) : null;
    if (!found) return false;
    const { method } = request;
    // an alert's page is read, and its button posts; its pictures are only read
    return method === 'GET' || method === 'HEAD' || (method === 'POST' && found[1] === undefined);
  };
}
