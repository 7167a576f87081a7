import type { NodeAPI } from 'node-red';
import { toPerceptError } from '../../kit/index.js';
import type { Desk } from '../desk/desk.js';

/** Desks by the id of their node: what the editor's button tests. */
const desks = new Map<string, Desk>();
const served = new WeakSet<object>();

/** `POST <admin root>/percept/alert/<node id>/test`, for whoever may change flows. @returns what ends it */
export function serveTest(RED: NodeAPI, id: string, desk: Desk): () => void {
  desks.set(id, desk);
  if (RED.httpAdmin && !served.has(RED.httpAdmin)) {
    served.add(RED.httpAdmin);
    const permission = RED.auth.needsPermission('percept.alert.write');
    RED.httpAdmin.post('/percept/alert/:id/test', permission, (request, response) => {
      const asked = desks.get(String(request.params['id']))?.put({ type: 'test', channels: [], by: '' });
      if (!asked) {
        response.sendStatus(404);
        return;
      }
      asked.then(
        () => response.sendStatus(204),
        (thrown: unknown) => response.status(503).send(toPerceptError(thrown).localized()),
      );
    });
  }
  return () => {
    // a redeploy has the new one registered before the old one has closed
    if (desks.get(id) === desk) desks.delete(id);
  };
}
