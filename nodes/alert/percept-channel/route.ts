import type { NodeAPI } from 'node-red';
import type { Channel } from '../channels/channel.js';
import { type TrialWords, testNotice, tryChannel } from '../channels/trial.js';

interface Served {
  readonly channel: Channel;
  readonly words: TrialWords;
  readonly signal: AbortSignal;
}

/** Channels by the id of their node: what the editor's button tests. */
const channels = new Map<string, Served>();
const served = new WeakSet<object>();

/**
 * `POST <admin root>/percept/channel/<node id>/test`, for whoever may change flows: 204 when the provider has it, 502 with what
 * it said, 404 where the channel is not deployed. @returns what ends it
 */
export function serveChannelTest(RED: NodeAPI, one: Served): () => void {
  const { id } = one.channel;
  channels.set(id, one);
  if (RED.httpAdmin && !served.has(RED.httpAdmin)) {
    served.add(RED.httpAdmin);
    const permission = RED.auth.needsPermission('percept.channel.write');
    RED.httpAdmin.post('/percept/channel/:id/test', permission, async (request, response) => {
      const asked = channels.get(String(request.params['id']));
      if (!asked) {
        response.sendStatus(404);
        return;
      }
      const { channel, words, signal } = asked;
      const { ok, error } = await tryChannel(channel, testNotice(channel, 'Percept', words), signal);
      if (ok) response.sendStatus(204);
      else response.status(502).type('text/plain').send(error);
    });
  }
  return () => {
    // a redeploy has the new one registered before the old one has closed
    if (channels.get(id) === one) channels.delete(id);
  };
}
