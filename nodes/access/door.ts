import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Language, languageOf, type PerceptError, toPerceptError } from '../kit/index.js';
import { addressOf } from './address.js';
import { Attempts } from './attempts.js';
import type { StartCode } from './codes.js';
import { Devices, deviceMs } from './devices.js';
import { accessError } from './errors.js';
import { Journeys, journeyMs } from './journeys.js';
import type { Oidc } from './oidc.js';
import { passwordPage, sendPage, signInPage, signOutPage } from './pages.js';
import { cookieOf, formOf, isEncrypted, isOwnOrigin, localPath, originOf, type Place, urlOf } from './request.js';
import { longestMs, type Session, type Sessions } from './sessions.js';
import { doorTexts } from './texts.js';
import type { User, Users } from './users.js';

export interface DoorParts extends Place {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly code: StartCode;
  readonly oidc: Oidc | undefined;
  readonly cookie: string;
  /** Where people go who asked for nothing in particular. */
  readonly home: string;
  /** Somebody came in, left, was refused, or changed their password. */
  note(event: DoorEvent): void;
  /** Whatever this session has open is to be closed. */
  ended(session: Session): void;
}

export interface DoorEvent {
  readonly action: 'signed-in' | 'refused' | 'signed-out' | 'changed-password' | 'changed' | 'denied' | 'saw';
  /** Empty: nobody knows. */
  readonly user: string;
  readonly address: string;
  /** Password, the printed address, or the identity provider; a file of the bucket. */
  readonly way?: 'password' | 'address' | 'provider' | 'file';
  /** What was changed, in Node-RED's words: `flows.set`; what was seen. */
  readonly what?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

const statuses: Readonly<Record<string, number>> = { 'access-provider-away': 503, 'access-no-role': 403 };

/** The pages under `/access/`: coming in, choosing a password, going out. */
export class Door {
  readonly #parts: DoorParts;
  readonly #attempts = new Attempts();
  readonly #journeys = new Journeys();
  readonly #devices = new Devices();

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  async handle(request: IncomingMessage, response: ServerResponse, session: Session | undefined): Promise<void> {
    const url = urlOf(request);
    const lang = languageOf(request.headers['accept-language']);
    const visit: Visit = { request, response, url, lang, session };
    const post = request.method === 'POST';
    if (post && !isOwnOrigin(request, this.#parts)) return plain(response, 403);
    try {
      switch (`${post ? 'POST' : 'GET'} ${url.pathname}`) {
        case 'GET /access/sign-in':
          return session && !session.mustChange ? this.#go(visit, this.#next(url)) : this.#showSignIn(visit, 200, {});
        case 'POST /access/sign-in':
          return await this.#signIn(visit);
        case 'GET /access/start':
          return this.#start(visit);
        case 'GET /access/provider':
          return await this.#depart(visit);
        case 'GET /access/callback':
          return await this.#arrive(visit);
        case 'GET /access/password':
          return this.#withSession(visit, (known) => this.#showPassword(visit, known, 200));
        case 'POST /access/password':
          return await this.#withSession(visit, (known) => this.#changePassword(visit, known));
        case 'GET /access/sign-out':
          return this.#withSession(visit, (known) => this.#showSignOut(visit, known));
        case 'POST /access/sign-out':
          return this.#signOut(visit);
        case 'GET /access/me':
          return this.#me(visit);
        default:
          return plain(response, 404);
      }
    } catch (thrown) {
      const problem = toPerceptError(thrown);
      this.#showSignIn(visit, statuses[problem.code] ?? 400, { problem });
    }
  }

  async #signIn(visit: Visit): Promise<void> {
    const { request } = visit;
    const form = await formOf(request);
    const [name, password] = [form?.get('name')?.trim() ?? '', form?.get('password') ?? ''];
    const next = localPath(form?.get('next'), this.#parts.home);
    const address = this.#address(visit);
    try {
      if (name === '' || password === '') throw accessError('access-wrong-password', {});
      const device = this.#devices.read(cookieOf(request, this.#deviceCookie), name);
      await this.#attempts.begin(name, address, device);
      const user = await this.#parts.users.check(name, password);
      if (!user) throw accessError('access-wrong-password', {});
      await this.#attempts.succeeded(name, address, device);
      this.#enter(visit, user, { local: true, mustChange: user.mustChange }, 'password');
      if (device === undefined) this.#setCookie(visit, this.#deviceCookie, this.#devices.make(name), deviceMs / 1000);
      this.#go(visit, user.mustChange ? `/access/password?next=${encodeURIComponent(next)}` : next);
    } catch (thrown) {
      const problem = toPerceptError(thrown);
      // a password typed into the field for the name must not stand in a log
      await this.#refused(this.#parts.users.find(name)?.name ?? '', address, 'password');
      this.#showSignIn(visit, problem.code === 'access-too-often' ? 429 : 401, { problem, name, next });
    }
  }

  #start(visit: Visit): void {
    const { users, code } = this.#parts;
    const owner = users.list().find(({ role }) => role === 'owner');
    if (!owner || !code.use(visit.url.searchParams.get('code') ?? '')) {
      // a reload of the printed address, in the browser that has used it
      if (visit.session) this.#go(visit, this.#next(visit.url));
      else this.#showSignIn(visit, 401, { problem: accessError('access-code-used', {}) });
      return;
    }
    this.#enter(visit, owner, { local: true }, 'address');
    this.#go(visit, this.#next(visit.url));
  }

  async #depart(visit: Visit): Promise<void> {
    const { oidc } = this.#parts;
    if (!oidc) return plain(visit.response, 404);
    const { url, journey } = await oidc.depart(this.#callback(visit));
    this.#setCookie(visit, this.#journeyCookie, this.#journeys.seal(journey, this.#next(visit.url)), journeyMs / 1000);
    this.#go(visit, url);
  }

  async #arrive(visit: Visit): Promise<void> {
    const { oidc } = this.#parts;
    if (!oidc) return plain(visit.response, 404);
    const journey = this.#journeys.open(cookieOf(visit.request, this.#journeyCookie));
    // reloaded, or kept in the history: nothing to go on with
    if (!journey) return this.#go(visit, '/access/sign-in');
    this.#setCookie(visit, this.#journeyCookie, '', 0);
    const current = new URL(`${this.#callback(visit)}${visit.url.search}`);
    const arrival = await oidc.arrive(current, journey).catch(async (thrown: unknown) => {
      await this.#refused('', this.#address(visit), 'provider');
      throw thrown;
    });
    // who chooses a name there must not pass for somebody here
    const taken = this.#parts.users.find(arrival.user) !== undefined;
    const name = taken ? `${arrival.user} (${oidc.name})` : arrival.user;
    this.#enter(visit, { name, role: arrival.role }, { local: false }, 'provider');
    this.#go(visit, localPath(journey.next, this.#parts.home));
  }

  async #changePassword(visit: Visit, session: Session): Promise<void> {
    const { users, sessions, note, ended } = this.#parts;
    const form = await formOf(visit.request);
    const next = localPath(form?.get('next'), this.#parts.home);
    const user = users.find(session.user);
    const address = this.#address(visit);
    try {
      if (!session.local || !user) throw accessError('access-user-unknown', { name: session.user });
      if (!user.mustChange) {
        await this.#attempts.begin(user.name, address);
        if (!(await users.check(user.name, form?.get('current') ?? ''))) throw accessError('access-wrong-password', {});
        await this.#attempts.succeeded(user.name, address);
      }
      await users.setPassword(user.name, form?.get('chosen') ?? '');
    } catch (thrown) {
      return this.#showPassword(visit, session, 400, toPerceptError(thrown), next);
    }
    // whoever else has a session of this user may have it by the old password
    sessions.endAll(user.name);
    ended(session);
    note({ action: 'changed-password', user: user.name, address });
    this.#enter(visit, user, { local: true }, 'password');
    this.#go(visit, next);
  }

  #signOut(visit: Visit): void {
    const { sessions, cookie, note, ended } = this.#parts;
    sessions.end(cookieOf(visit.request, cookie));
    if (visit.session) {
      ended(visit.session);
      note({ action: 'signed-out', user: visit.session.user, address: this.#address(visit) });
    }
    this.#setCookie(visit, cookie, '', 0);
    this.#go(visit, '/access/sign-in');
  }

  #me({ response, session }: Visit): void {
    if (!session) {
      plain(response, 401);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify({ user: session.user, role: session.role, local: session.local }));
  }

  #enter(
    visit: Visit,
    { name, role }: Pick<User, 'name' | 'role'>,
    how: Parameters<Sessions['begin']>[1],
    way: DoorEvent['way'],
  ): void {
    const { sessions, cookie, note } = this.#parts;
    // the one before is not taken over: its secret may be known to somebody
    const before = cookieOf(visit.request, cookie);
    if (before) sessions.end(before);
    this.#setCookie(visit, cookie, sessions.begin({ user: name, role }, how), longestMs / 1000);
    note({ action: 'signed-in', user: name, address: this.#address(visit), ...(way ? { way } : {}) });
  }

  #withSession<T>(visit: Visit, act: (session: Session) => T): T | undefined {
    if (visit.session) return act(visit.session);
    this.#go(visit, `/access/sign-in?next=${encodeURIComponent(this.#next(visit.url))}`);
    return undefined;
  }

  #showSignIn(visit: Visit, status: number, shown: { problem?: PerceptError; name?: string; next?: string }): void {
    const { problem, name, next = this.#next(visit.url) } = shown;
    const provider = this.#parts.oidc?.name;
    const body = signInPage(visit.lang, {
      next,
      ...(name === undefined ? {} : { name }),
      ...(problem ? { problem: problem.localized(visit.lang) } : {}),
      ...(provider === undefined ? {} : { provider }),
    });
    sendPage(visit.response, visit.lang, { status, title: doorTexts[visit.lang].title, body });
  }

  #showPassword(
    visit: Visit,
    session: Session,
    status: number,
    problem?: PerceptError,
    next = this.#next(visit.url),
  ): void {
    const askCurrent = this.#parts.users.find(session.user)?.mustChange === false;
    const body = passwordPage(visit.lang, next, askCurrent, problem?.localized(visit.lang));
    sendPage(visit.response, visit.lang, { status, title: doorTexts[visit.lang].newTitle, body });
  }

  #showSignOut({ response, lang }: Visit, { user, role, local }: Session): void {
    sendPage(response, lang, {
      status: 200,
      title: doorTexts[lang].outTitle,
      body: signOutPage(lang, user, role, local),
    });
  }

  async #refused(user: string, address: string, way: DoorEvent['way']): Promise<void> {
    if (await this.#attempts.worthTelling(address))
      this.#parts.note({ action: 'refused', user, address, ...(way ? { way } : {}) });
  }

  #address({ request }: Visit): string {
    return addressOf(request, this.#parts.proxies);
  }

  get #deviceCookie(): string {
    return `${this.#parts.cookie}_device`;
  }

  get #journeyCookie(): string {
    return `${this.#parts.cookie}_journey`;
  }

  #callback({ request }: Visit): string {
    return `${originOf(request, this.#parts)}/access/callback`;
  }

  #next(url: URL): string {
    return localPath(url.searchParams.get('next'), this.#parts.home);
  }

  #setCookie({ request, response }: Visit, name: string, value: string, seconds: number): void {
    const secure = isEncrypted(request, this.#parts) ? '; Secure' : '';
    response.appendHeader(
      'Set-Cookie',
      `${name}=${value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${seconds}${secure}`,
    );
  }

  #go({ response }: Visit, to: string): void {
    response.writeHead(303, { Location: to, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    response.end();
  }
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly lang: Language;
  readonly session: Session | undefined;
}

function plain(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
  response.end(`${status}\n`);
}
