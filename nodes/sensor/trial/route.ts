import type { NodeAPI } from 'node-red';
import { tryOut } from './trial.js';

/** `POST <admin root>/percept/sensor-in/try`, for whoever may look at flows. */
export function serveTrial(RED: NodeAPI): void {
  RED.httpAdmin?.post('/percept/sensor-in/try', RED.auth.needsPermission('sensor-in.read'), (request, response) => {
    response.json(tryOut(request.body, Date.now()));
  });
}
