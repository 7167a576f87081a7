import type { Request, Response } from 'express';
import { type Language, languageOf, sendPage, toPerceptError } from '../../kit/index.js';
import { recordAudit, recordSight } from '../../store/audit.js';
import { Recently } from '../../store/recently.js';
import { everybody, type KnownSince } from '../known-since.js';
import { addressOf, Guesses } from './guesses.js';
import { type AlertPlace, canBeTaken, type Incident, readIncident } from './incident.js';
import { calmPage, incidentPage, pageTitle, type Ways } from './page.js';
import { sendPicture } from './pictures.js';
import { calmStyle, style } from './style.js';
import { pageTexts } from './texts.js';
import { type Claim, unseal } from './token.js';

/** An alert node, for its links. */
export interface LinkPlace extends AlertPlace {
  readonly ways: Ways;
  /** Resolves when it is committed. @returns who has taken it by then */
  acknowledge(alert: number, by: string): Promise<string | undefined>;
  /** Nobody who opens a link is told of it. */
  onProblem(thrown: unknown): void;
}

export interface LinkSite {
  key(): Buffer;
  /** All whose policy has this tag. */
  places(policy: string): readonly LinkPlace[];
  onProblem(thrown: unknown): void;
  /** A link is for a person: it ends when they are removed. */
  readonly knownSince?: KnownSince;
  /** ms that whoever opens a link waits for the store. */
  readonly patienceMs?: number;
}

interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly lang: Language;
  readonly token: string;
}

interface Found {
  readonly place: LinkPlace;
  readonly incident: Incident;
}

const usualPatienceMs = 10_000;
/** A page that is looked at again within this time is one visit in the audit log. */
const oneVisitMs = 600_000;
const mostVisits = 1_000;

/**
 * Answers `<root>/<token>` and `<root>/<token>/evidence/<n>`. To look changes nothing, since mail scanners and chats follow links on
 * their own; the one tap is a POST. Who asks for no page gets 204.
 */
export function serveLinks(site: LinkSite): (request: Request, response: Response) => void {
  const { patienceMs = usualPatienceMs, knownSince = everybody } = site;
  const guesses = new Guesses();
  const visits = new Recently(oneVisitMs, mostVisits);

  return (request, response) => {
    const lang = languageOf(request.headers['accept-language']);
    const visit: Visit = { request, response, lang, token: String(request.params['token']) };
    // the address is the secret: it goes to no other site, no index and no cache
    response.set({
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex, nofollow, noarchive',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    answer(visit).catch((thrown: unknown) => {
      site.onProblem(thrown);
      if (response.headersSent) response.destroy();
      else away(visit);
    });
  };

  async function answer(visit: Visit): Promise<void> {
    const { request, response, token } = visit;
    const { method } = request;
    const post = method === 'POST';
    if (!post && method !== 'GET' && method !== 'HEAD') {
      response.set('Allow', 'GET, HEAD, POST').sendStatus(405);
      return;
    }
    const claim = unseal(site.key(), token);
    if (!claim) {
      const minutes = await guesses.add(request);
      if (minutes > 0) return tooOften(visit, minutes);
    }
    if (!claim || Date.now() >= claim.until || (post && claim.purpose !== 'acknowledge')) return refused(visit);
    const places = site.places(claim.policy);
    if (places.length === 0) return away(visit);
    const found = await within(patienceMs, find(places, claim));
    if (!found) return refused(visit);
    const { told } = found.incident;
    if (told.to !== '' && told.at < (await knownSince(told.to))) return left(visit, found);
    const picture = request.params['picture'];
    if (picture !== undefined) return await showPicture(visit, found, Number(picture));
    if (post) return await take(visit, found, claim);
    show(visit, found, claim);
  }

  function show({ request, response, lang, token }: Visit, found: Found, { purpose }: Claim): void {
    const { place, incident } = found;
    if (request.method === 'GET' && visits.isNew(token, Date.now())) audit(request, found, 'opened');
    const now = Date.now();
    const timeZone = place.policy.settings.timeZone;
    sendPage(response, lang, {
      ...{ status: 200, title: pageTitle(lang, incident), style, images: true },
      // relative: a proxy may have put something before it
      body: incidentPage(lang, { incident, purpose, path: token, ways: place.ways, timeZone, now }),
    });
  }

  async function take(visit: Visit, found: Found, claim: Claim): Promise<void> {
    const { request, response, token } = visit;
    const { place, incident } = found;
    request.resume();
    if (canBeTaken(incident)) {
      const by = await within(patienceMs, place.acknowledge(claim.alert, incident.person)).catch((thrown: unknown) => {
        // over in the meantime: nothing is left to take
        if (toPerceptError(thrown).code === 'alert-unknown') return undefined;
        place.onProblem(thrown);
        return null;
      });
      if (by === null) return unsure(visit);
      if (by === incident.person) audit(request, found, 'acknowledged');
    }
    if (wantsPage(request)) response.redirect(303, token);
    else response.status(204).end();
  }

  function left(visit: Visit, found: Found): void {
    const { leftTitle, left: said } = pageTexts[visit.lang];
    if (visits.isNew(`left ${visit.token}`, Date.now())) audit(visit.request, found, 'denied');
    calm(visit, 403, leftTitle, said);
  }
}

async function find(places: readonly LinkPlace[], claim: Claim): Promise<Found | undefined> {
  for (const place of places) {
    const incident = await readIncident(place, claim, Date.now());
    if (incident) return { place, incident };
  }
  return undefined;
}

async function showPicture(visit: Visit, { place, incident }: Found, n: number): Promise<void> {
  const { request, response } = visit;
  const key = incident.pictures[n];
  const sent = key !== undefined && (await sendPicture(key, response, request.method === 'HEAD'));
  if (!sent) response.sendStatus(404);
  else if (request.method === 'GET') {
    const { alert, person } = incident;
    recordSight(place.store, {
      who: person,
      what: key,
      way: 'link',
      detail: { policy: alert.policy, alert: alert.id },
    });
  }
}

function audit(request: Request, { place, incident }: Found, action: 'opened' | 'acknowledged' | 'denied'): void {
  const { alert, person, channel } = incident;
  const detail = { policy: alert.policy, way: 'link', alert: alert.id, channel, address: addressOf(request) };
  void recordAudit(place.store, { who: person, action, what: alert.key, detail });
}

/** The same whatever is wrong with it: whether there is such an alert is nobody's business. */
function refused(visit: Visit): void {
  const { refusedTitle, refused: said } = pageTexts[visit.lang];
  calm(visit, 404, refusedTitle, said, true);
}

function away(visit: Visit): void {
  const { awayTitle, away: said } = pageTexts[visit.lang];
  calm(visit, 503, awayTitle, said, true);
}

function unsure(visit: Visit): void {
  const { unsureTitle, unsure: said, reload } = pageTexts[visit.lang];
  calm(visit, 503, unsureTitle, said, { href: visit.token, label: reload });
}

function tooOften(visit: Visit, minutes: number): void {
  const { oftenTitle, often } = pageTexts[visit.lang];
  visit.response.set('Retry-After', String(minutes * 60));
  calm(visit, 429, oftenTitle, often.replace('{minutes}', String(minutes)));
}

function calm(
  { request, response, lang }: Visit,
  status: number,
  title: string,
  said: string,
  action: true | { readonly href: string; readonly label: string } | undefined = undefined,
): void {
  if (request.method === 'POST' && !wantsPage(request)) {
    response.status(status).type('text/plain').send(`${status}: ${title}\n`);
    return;
  }
  // the site's root, from a link or from a picture below it
  const root = request.params['picture'] === undefined ? '../../' : '../../../../';
  const button = action === true ? { href: root, label: pageTexts[lang].enter } : action;
  sendPage(response, lang, { status, title, style: calmStyle, body: calmPage(title, said, button) });
}

function wantsPage(request: Request): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}

/** A store that is away keeps what it is asked for until it is back; nobody waits that long. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
