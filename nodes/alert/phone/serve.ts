import type { NodeAPI } from 'node-red';
import { phoneError } from './errors.js';
import { answer, type Behind } from './routes.js';

export const pagePath = '/percept/phone';

interface Served {
  readonly node: string;
  readonly behind: Behind;
}

const serving = new WeakMap<object, { page: Served | undefined }>();

/**
 * A route of Express can't be taken back: one serves the page that there is.
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
  httpNode.use(pagePath, (request, response, next) => {
    if (place.page) answer(place.page.behind, request, response).catch(next);
    else response.writeHead(404, { 'Cache-Control': 'no-store' }).end();
  });
  return place;
}

/** As browsers ask for it. */
export function rootOf({ settings }: NodeAPI): string {
  return `${settings.httpNodeRoot || '/'}${pagePath}`.replace(/\/+/g, '/');
}
