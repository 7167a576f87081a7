import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './ports.ts';

export interface Person {
  readonly email: string;
  readonly groups: readonly string[];
}

/** A real OpenID Connect provider with the routes, claims and issuer path of an Amazon Cognito user pool. */
export class IdentityProvider {
  readonly issuer: string;
  readonly clientId = 'percept-client';
  readonly clientSecret = 'percept-client-secret';
  /** Parameters of the last request to sign in. */
  asked = new URLSearchParams();
  readonly #server: Server;
  readonly #port: number;

  private constructor(port: number, redirectUri: string, people: Readonly<Record<string, Person>>) {
    this.#port = port;
    this.issuer = `http://127.0.0.1:${port}/eu-west-1_Pool`;
    const provider = this.#provider(redirectUri, people);
    const answer = provider.callback();
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.issuer);
      if (url.pathname.endsWith('/oauth2/authorize')) this.asked = url.searchParams;
      // what a framework does that mounts an app on a path
      Object.assign(request, { originalUrl: request.url });
      request.url = (request.url ?? '').replace('/eu-west-1_Pool', '') || '/';
      answer(request, response);
    });
  }

  static async start(redirectUri: string, people: Readonly<Record<string, Person>>): Promise<IdentityProvider> {
    const provider = new IdentityProvider(await freePort(), redirectUri, people);
    await provider.again();
    return provider;
  }

  again(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * What a person does there: name, password, consent.
   * @returns the address that the browser is sent back to
   */
  async signIn(url: string, name: string): Promise<string> {
    const cookies = new Map<string, string>();
    let at = url;
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 12; step++) {
      const response = await fetch(at, {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
        ...(form ? { body: form } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(key, value);
      }
      const to = response.headers.get('location');
      form = undefined;
      if (to) {
        at = new URL(to, at).href;
        if (!at.startsWith(this.issuer)) return at;
        continue;
      }
      const page = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (!prompt) throw new Error(`The provider said: ${response.status} ${page.slice(0, 400)}`);
      at = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', at).href;
      form = new URLSearchParams({ prompt, login: name, password: 'any' });
    }
    throw new Error('The provider sends the browser round and round.');
  }

  #provider(redirectUri: string, people: Readonly<Record<string, Person>>): Provider {
    return new Provider(this.issuer, {
      clients: [{ client_id: this.clientId, client_secret: this.clientSecret, redirect_uris: [redirectUri] }],
      claims: { openid: ['sub', 'cognito:groups', 'cognito:username'], email: ['email'], profile: [] },
      // a user pool puts them into the ID token
      conformIdTokenClaims: false,
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({
          sub: `sub-of-${id}`,
          email: people[id]?.email,
          'cognito:groups': people[id]?.groups,
          'cognito:username': id,
        }),
      }),
      routes: {
        authorization: '/oauth2/authorize',
        token: '/oauth2/token',
        userinfo: '/oauth2/userInfo',
        revocation: '/oauth2/revoke',
        jwks: '/.well-known/jwks.json',
      },
      pkce: { required: () => true },
      cookies: { keys: ['for a test'] },
    });
  }
}
