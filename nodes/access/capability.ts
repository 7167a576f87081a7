import type { IncomingMessage } from 'node:http';
import { pathAsSent } from './request.js';

/**
 * Addresses that open by what they hold instead of by who asks: a long secret in the path, checked by whoever answers there.
 * Matched as it was sent, letter by letter: dots and escapes that one reader resolves and the next does not would let a request for
 * something else through.
 */
const capability = /^\/percept\/alert\/[\w-]{22,200}(\/(?!test\b)[a-z-]{1,40})?(\?[\w=&%.~-]{0,500})?$/;

/** @param root where nodes serve, Node-RED's `httpNodeRoot` */
export function capabilities(root = '/'): (request: IncomingMessage) => boolean {
  const base = `/${root}`.replace(/\/+$/, '').replace(/^\/+/, '/');
  return (request) => {
    const asked = pathAsSent(request);
    return asked.startsWith(base) && capability.test(asked.slice(base.length));
  };
}
