import type { IncomingMessage } from 'node:http';
import { type Language, languageOf } from '../../kit/index.js';

/** Who has the page open. */
export interface Visitor {
  /** As at the door; empty where nobody has to sign in. */
  readonly person: string;
  /** Operators and owners act; viewers see. */
  readonly mayAct: boolean;
  readonly language: Language;
}

/** What the door puts into Node-RED's settings. */
interface Door {
  readonly tokenHeader?: unknown;
  readonly tokens?: unknown;
}

interface NodeRedUser {
  readonly username: string;
  readonly permissions: unknown;
}

const passHeader = 'x-percept-pass';

/**
 * Whom the door let in: it has checked the session, and for whatever changes something also origin and role. Node-RED's settings
 * say whether its note on the request is genuine. Without a door everybody may do everything, as in the editor.
 * @returns undefined: nobody that the door knows
 */
export async function visitorOf(
  request: IncomingMessage,
  settings: { readonly adminAuth?: unknown },
): Promise<Visitor | undefined> {
  const language = languageOf(request.headers['accept-language']);
  const { tokenHeader, tokens } = (settings.adminAuth ?? {}) as Door;
  if (tokenHeader !== passHeader || typeof tokens !== 'function') return { person: '', mayAct: true, language };
  const user = (await tokens(String(request.headers[passHeader] ?? ''))) as NodeRedUser | null;
  if (!user) return undefined;
  const permissions = [user.permissions].flat();
  return { person: user.username, mayAct: permissions.includes('*') || permissions.includes('read'), language };
}
