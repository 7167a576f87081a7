import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './ports.ts';

export interface Person {
  readonly email: string;
  readonly groups?: readonly string[];
  /** It knows the address, but nobody has shown that it is theirs. */
  readonly unconfirmed?: boolean;
}

/** A real OpenID Connect provider with the routes, claims and issuer path of an Amazon Cognito user pool. */
export class IdentityProvider {
  readonly issuer: string;
  readonly clientId = 'percept-client';
  readonly clientSecret = 'percept-client-secret';
  /** Parameters of the last request to sign in. */
  asked = new URLSearchParams();
  /** s that its clock is ahead of ours. */
  ahead = 0;
  #answer: ReturnType<Provider['callback']>;
  #key = newKey();
  readonly #make: () => Provider;
  readonly #server: Server;
  readonly #port: number;

  private constructor(port: number, redirectUri: string, people: Readonly<Record<string, Person>>) {
    this.#port = port;
    this.issuer = `http://127.0.0.1:${port}/eu-west-1_Pool`;
    this.#make = () => this.#provider(redirectUri, people);
    this.#answer = this.#make().callback();
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.issuer);
      if (url.pathname.endsWith('/oauth2/authorize')) this.asked = url.searchParams;
      // what a framework does that mounts an app on a path
      Object.assign(request, { originalUrl: request.url });
      request.url = (request.url ?? '').replace('/eu-west-1_Pool', '') || '/';
      if (this.ahead !== 0 && url.pathname.endsWith('/oauth2/token')) this.#shift(response);
      this.#answer(request, response);
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

  /** Signs with another key from now on; who was signed in there is no more. */
  rotate(): void {
    this.#key = newKey();
    this.#answer = this.#make().callback();
  }

  /** Publishes a key that is not the one it signs with. */
  loseKey(): void {
    const signing = this.#key;
    this.rotate();
    this.ahead = 1e-9;
    this.#key = { ...signing, kid: this.#key.kid };
  }

  /** Its ID token as it were with its clock. */
  #shift(response: ServerResponse): void {
    const end = response.end.bind(response) as (body: string) => ServerResponse;
    const shifted = (body: unknown): ServerResponse => {
      const text = this.#shifted(String(body));
      response.setHeader('content-length', Buffer.byteLength(text));
      return end(text);
    };
    Object.assign(response, { end: shifted });
  }

  #shifted(body: string): string {
    const tokens = JSON.parse(body) as { id_token?: string };
    if (!tokens.id_token) return body;
    const [head = '', claims = ''] = tokens.id_token.split('.');
    const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number };
    const later = { ...read, iat: Math.round(read.iat + this.ahead), exp: Math.round(read.exp + this.ahead) };
    const unsigned = `${head}.${Buffer.from(JSON.stringify(later)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(unsigned), createPrivateKey({ key: this.#key, format: 'jwk' }));
    return JSON.stringify({ ...tokens, id_token: `${unsigned}.${signature.toString('base64url')}` });
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
      claims: {
        openid: ['sub', 'cognito:groups', 'cognito:username'],
        email: ['email', 'email_verified'],
        profile: [],
      },
      // a user pool puts them into the ID token
      conformIdTokenClaims: false,
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({
          sub: `sub-of-${id}`,
          ...(people[id]?.email ? { email: people[id].email } : {}),
          ...(people[id]?.unconfirmed ? { email_verified: false } : {}),
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
      jwks: { keys: [this.#key] },
      pkce: { required: () => true },
      cookies: { keys: ['for a test'] },
    });
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}
