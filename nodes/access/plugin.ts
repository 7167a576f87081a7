import type { Server } from 'node:http';
import type { NodeRedDoor } from './node-red-door.js';
import { userOf } from './page-socket.js';

/** What of Node-RED's API a plugin of the dashboard uses. */
interface PluginApi {
  readonly server?: Server;
  readonly settings: { readonly perceptDoor?: NodeRedDoor };
  readonly plugins: { registerPlugin(id: string, definition: object): void };
}

type PageMessage = { _client?: object };

/** Tells flows who sent a message from a page (`msg._client.user`), and puts the door before the server that the settings cannot see. */
export default function plugin(RED: PluginApi): void {
  const { server, settings } = RED;
  if (server) settings.perceptDoor?.guard(server);
  RED.plugins.registerPlugin('percept-access', {
    type: 'node-red-dashboard-2',
    hooks: {
      onAddConnectionCredentials: (socket: Parameters<typeof userOf>[0], msg: PageMessage) => {
        const user = userOf(socket);
        // a switch or slider repeats what is kept of its last message: also of who that was
        if (user) msg._client = { ...msg._client, user };
        return msg;
      },
    },
  });
}
