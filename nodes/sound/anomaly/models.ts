import type { NodeAPI } from 'node-red';
import { openModels } from '../../inference/registry.js';
import { toPerceptError } from '../../kit/index.js';
import { canHear } from '../network/network.js';
import { registryFolder } from './settings.js';

/** `GET <admin root>/percept/anomaly/models`: the models that sound can be judged by, for the editor. */
export function serveModels(RED: NodeAPI): void {
  RED.httpAdmin?.get('/percept/anomaly/models', RED.auth.needsPermission('flows.read'), async (_request, response) => {
    try {
      const models = openModels({ folder: registryFolder(String(RED.settings.userDir ?? process.cwd())) });
      const listed = await models.list();
      response.json(
        listed
          .filter(({ card }) => canHear(card))
          .map(({ card: { name, version, about }, live, present }) => ({ name, version, about, live, present })),
      );
    } catch (thrown) {
      response.status(500).json({ error: toPerceptError(thrown).localized() });
    }
  });
}
