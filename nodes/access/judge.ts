import type { IncomingMessage, ServerResponse } from 'node:http';
import { away, denied, go, headers, mustChange, refuse } from './answers.js';
import { type Pass, passHeader } from './pass.js';
import { isChannel, isEncrypted, isOwnOrigin, isRead, type Place, urlOf } from './request.js';
import { atLeast } from './roles.js';
import type { Identity, Session } from './sessions.js';

export interface JudgeParts extends Place {
  readonly pass: Pass;
  readonly home: string;
  readonly isCapability: (request: IncomingMessage) => boolean;
  readonly sessionOf: (request: IncomingMessage) => Session | undefined;
  readonly tokenOf: (request: IncomingMessage) => Identity | undefined;
  /** The pages under `/access/`. */
  readonly atDoor: (request: IncomingMessage, response: ServerResponse, session: Session | undefined) => void;
  /** It may stay open for long, as a stream of events does: it ends with the session. */
  readonly opened: (
    request: IncomingMessage,
    response: ServerResponse,
    identity: Identity,
    session: Session | undefined,
  ) => void;
}

type Judge = (request: IncomingMessage, response: ServerResponse, next: () => void, atGate: boolean) => void;

/** @returns lets a request go on, or answers it */
export function judgeWith(parts: JudgeParts): Judge {
  const { pass, home } = parts;
  const judged = new WeakSet<IncomingMessage>();

  return (request, response, next, atGate) => {
    // Express comes to it again
    if (judged.has(request)) {
      next();
      return;
    }
    delete request.headers[passHeader];
    headers(request, response, isEncrypted(request, parts));
    if (parts.isCapability(request)) {
      // such a link is good for what it says, whoever else its bearer may be
      delete request.headers.cookie;
      delete request.headers.authorization;
      next();
      return;
    }
    const session = parts.sessionOf(request);
    const { pathname } = urlOf(request);
    if (pathname.startsWith('/access/')) {
      parts.atDoor(request, response, session);
      return;
    }
    const identity = session ?? parts.tokenOf(request);
    if (!identity) away(request, response);
    else if (session && !isRead(request) && !isOwnOrigin(request, parts)) refuse(response, 403);
    else if (session?.mustChange) mustChange(request, response);
    // Engine.IO answers these before Express, and the lock of the dashboard's channel looks at what is in them
    else if (atGate && isChannel(request)) next();
    else if (!atLeast(identity.role, isRead(request) ? 'viewer' : 'operator'))
      denied(request, response, identity, 'operator', home);
    else if (pathname === '/' && !atLeast(identity.role, 'operator')) go(response, home);
    else {
      request.headers[passHeader] = pass.write(identity);
      judged.add(request);
      parts.opened(request, response, identity, session);
      next();
    }
  };
}
