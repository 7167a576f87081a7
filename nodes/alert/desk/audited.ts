import { auditPerson, recordAudit } from '../../store/audit.js';
import type { Store } from '../../store/store.js';
import type { Result } from './desk.js';
import type { Request } from './request.js';

/** Where a request came from. */
interface Origin {
  readonly policy: string;
  /** A page of the dashboard, the phone page, or a message of a flow. */
  readonly way: 'page' | 'phone' | 'message';
  /** Who has the page open, says the door. */
  readonly user?: string | undefined;
}

const actions = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
  snooze: 'snoozed',
  silence: 'silenced',
  presence: 'presence',
  test: 'tested',
} as const;

/** @returns the request, by the user of the page where it doesn't say by whom */
export function byUser(request: Request, user: string | undefined): Request {
  if (!user) return request;
  if (request.type === 'silence')
    return request.silence.by ? request : { ...request, silence: { ...request.silence, by: user } };
  return 'by' in request && !request.by ? { ...request, by: user } : request;
}

/** Who sent a message, and from where, as far as the door says so. */
export function originOf(msg: object, policy: string): Origin {
  // the dashboard puts it on all that its pages send: what else a page says of itself counts for nothing
  if ('_client' in msg) return { policy, way: 'page', user: auditPerson(msg) };
  const { phone } = msg as { readonly phone?: { readonly person?: unknown } | null };
  if (typeof phone?.person !== 'string') return { policy, way: 'message' };
  return { policy, way: 'phone', user: phone.person || undefined };
}

/** Writes what a person asked for into the audit log, after it was done. Findings and receipts are nobody's. */
export function auditRequest(store: Store, request: Request, { alert }: Result, { policy, way, user }: Origin): void {
  if (request.type === 'finding' || request.type === 'delivery') return;
  const by = request.type === 'silence' ? request.silence.by : 'by' in request ? request.by : request.presence.person;
  const ended = request.type === 'silence' && request.silence.end !== undefined;
  const what = alert?.key ?? ('which' in request ? request.which.key : undefined);
  void recordAudit(store, {
    who: user || by,
    action: ended ? 'ended-silence' : actions[request.type],
    ...(what === undefined ? {} : { what }),
    detail: {
      ...{ policy, way },
      ...(alert?.id === undefined ? {} : { alert: alert.id }),
      ...(user && by && by !== user ? { by } : {}),
    },
  });
}
