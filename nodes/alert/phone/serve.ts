import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { phoneError } from './errors.js';
import { answer, type Behind } from './routes.js';

export const pagePath = '/percept/phone';

type Handler = (
  request: IncomingMessage & { readonly params: Readonly<Record<string, unknown>> },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

interface Served {
  readonly node: string;
  readonly behind: Behind;
}

const serving = new WeakMap<object, { page: Served | undefined }>();

/**
 * Routes of Express can't be taken back: they serve the page that there is.
 * @returns what ends it
 * @throws PerceptError `phone-taken`
 */
export function serve(RED: NodeAPI, node: string, behind: Behind): () => void {
  if (!RED.httpNode) return () => undefined;
  const place = placeOf(RED);
  if (place.page && place.page.node !== node) throw phoneError('phone-taken', {});
  const page: Served = { node, behind };
  place.page = page;
  return () => {
    if (place.page === page) place.page = undefined;
  };
}

function placeOf({ httpNode }: NodeAPI): { page: Served | undefined } {
  const known = serving.get(httpNode);
  if (known) return known;
  const place: { page: Served | undefined } = { page: undefined };
  serving.set(httpNode, place);
  const handle: Handler = (request, response, next) => {
    // `params` names no part: it is the page itself
    const part = String(request.params['part'] ?? '');
    if (place.page) answer(place.page.behind, part, request, response).catch(next);
    else response.writeHead(404, { 'Cache-Control': 'no-store' }).end();
  };
  for (const path of [pagePath, `${pagePath}/:part`])
    for (const method of ['get', 'post', 'put', 'delete'] as const) httpNode[method](path, handle);
  return place;
}

/** As browsers ask for it. */
export function rootOf({ settings }: NodeAPI): string {
  return `${settings.httpNodeRoot || '/'}${pagePath}`.replace(/\/+/g, '/');
}
