import type { IncomingMessage } from 'node:http';
import { type Pass, passHeader } from './pass.js';
import { editorPermissions } from './roles.js';
import type { Identity } from './sessions.js';
import type { Users } from './users.js';

/** Node-RED's `adminAuth`. */
export interface AdminAuth {
  readonly type: 'credentials';
  readonly users: (name: string) => Promise<NodeRedUser | null>;
  readonly authenticate: () => Promise<null>;
  readonly tokens: (pass: string) => Promise<NodeRedUser | null>;
  readonly tokenHeader: string;
  /** For nodes: since when somebody of this name has been here without a break; see `departures`. */
  readonly knownSince: (name: string) => Promise<number>;
  /** For nodes that serve pictures and recordings but have no log of their own: whoever sent this request got one. */
  readonly saw: (request: IncomingMessage, what: string) => void;
}

interface NodeRedUser {
  readonly username: string;
  readonly permissions: string[];
}

export function adminAuth(pass: Pass, users: Users, saw: AdminAuth['saw']): AdminAuth {
  const nodeRedUser = ({ user, role }: Identity): NodeRedUser => ({
    username: user,
    permissions: editorPermissions(role),
  });
  return {
    type: 'credentials',
    users: async (name) => {
      const user = users.find(name);
      return user ? nodeRedUser({ user: user.name, role: user.role }) : null;
    },
    // there is one door: Node-RED's own would be a second, without our limits on guessing
    authenticate: async () => null,
    tokens: async (given) => {
      const identity = pass.read(given);
      return identity ? nodeRedUser(identity) : null;
    },
    tokenHeader: passHeader,
    knownSince: async (name) => users.knownSince(name),
    saw,
  };
}
