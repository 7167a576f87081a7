import type * as client from 'openid-client';
import { accessError } from './errors.js';
import { highest, isRole, type Role } from './roles.js';

type Library = typeof client;

/** Clocks of small boxes go wrong before anybody notices. */
const skewSeconds = 120;

/** An OpenID Connect provider: a Cognito user pool, Keycloak, Entra ID, Google, … */
export interface OidcSettings {
  /** As in its discovery document: `https://cognito-idp.REGION.amazonaws.com/POOL`. */
  readonly issuer: string;
  readonly clientId: string;
  /** From the environment; none for a public client. */
  readonly clientSecret?: string;
  /** On the sign-in page's button. */
  readonly name?: string;
  readonly scope?: string;
  /** Where the ID token lists the groups; Cognito's is `cognito:groups`. */
  readonly groupsClaim?: string;
  /** Which group has which role. Who is in none of them does not get in. */
  readonly groups: Readonly<Record<string, Role>>;
  /** On loopback only, for tests: a provider without TLS. */
  readonly insecure?: boolean;
}

/** What has to be remembered between leaving for the provider and coming back. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Arrival {
  readonly user: string;
  readonly role: Role;
}

interface Found {
  readonly library: Library;
  readonly configuration: client.Configuration;
}

/** Signs people in through an identity provider: authorization code with PKCE (RFC 9700), and a nonce against replays. */
export class Oidc {
  readonly #settings: OidcSettings;
  #found: Found | undefined;
  #looking: Promise<Found> | undefined;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name ?? new URL(this.#settings.issuer).host;
  }

  /** @throws PerceptError `access-provider-away`, `access-part-missing` */
  async depart(redirectUri: string): Promise<{ url: string; journey: Journey }> {
    // each time anew: nobody is sent to a provider that is away, and its keys may have changed
    const { library, configuration } = await this.#look();
    const journey: Journey = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      verifier: library.randomPKCECodeVerifier(),
    };
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#settings.scope ?? 'openid profile email',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, journey };
  }

  /**
   * @param current the address that the browser was sent back to, with the code
   * @throws PerceptError `access-provider-away`, `access-provider-refused`, `access-no-role`
   */
  async arrive(current: URL, { state, nonce, verifier }: Journey): Promise<Arrival> {
    const { library, configuration } = this.#found ?? (await this.#look());
    const { issuer } = this.#settings;
    let claims: client.IDToken | undefined;
    try {
      const tokens = await library.authorizationCodeGrant(configuration, current, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      claims = tokens.claims();
    } catch (cause) {
      throw accessError(codeOf(cause), { issuer, detail: reasonOf(cause) }, { cause });
    }
    if (!claims) throw accessError('access-provider-refused', { issuer, detail: 'no ID token' });
    const user = nameIn(claims);
    const role = this.#roleOf(claims);
    if (!role) throw accessError('access-no-role', { name: user });
    return { user, role };
  }

  #roleOf(claims: client.IDToken): Role | undefined {
    const { groupsClaim = 'cognito:groups', groups } = this.#settings;
    const given = claims[groupsClaim];
    const theirs = (Array.isArray(given) ? given : [given]).filter((group) => typeof group === 'string');
    // own properties only: a group called "constructor" is nobody's role
    return highest(theirs.flatMap((group) => (Object.hasOwn(groups, group) ? [groups[group]] : [])).filter(isRole));
  }

  /** Once at a time, however many ask. */
  async #look(): Promise<Found> {
    this.#looking ??= this.#discover().finally(() => {
      this.#looking = undefined;
    });
    this.#found = await this.#looking;
    return this.#found;
  }

  async #discover(): Promise<Found> {
    const library = await import('openid-client').catch((cause: unknown) => {
      throw accessError('access-part-missing', { name: 'openid-client' }, { cause });
    });
    const { issuer, clientId, clientSecret, insecure } = this.#settings;
    try {
      const configuration = await library.discovery(
        new URL(issuer),
        clientId,
        { [library.clockTolerance]: skewSeconds },
        clientSecret === undefined ? library.None() : library.ClientSecretBasic(clientSecret),
        {
          timeout: 10,
          // the signature of the ID token too, not only the certificate of who hands it out
          execute: [library.enableNonRepudiationChecks, ...(insecure ? [library.allowInsecureRequests] : [])],
        },
      );
      return { library, configuration };
    } catch (cause) {
      throw accessError('access-provider-away', { issuer, detail: reasonOf(cause) }, { cause });
    }
  }
}

/**
 * The same person keeps the name; `sub` alone is unique, but says nothing to who reads the log. An address that the provider knows to be
 * unconfirmed may be anybody's, and names that people choose for themselves come last.
 */
function nameIn(claims: client.IDToken): string {
  const unconfirmed = claims['email_verified'] === false || claims['email_verified'] === 'false';
  const email = unconfirmed ? undefined : claims['email'];
  const readable = [email, claims['cognito:username'], claims['preferred_username'], claims['name']];
  const found = readable.find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? found : claims.sub;
}

/** Which of our errors it is: no answer, clocks that differ, or a real refusal. */
function codeOf(thrown: unknown): 'access-provider-away' | 'access-clocks' | 'access-provider-refused' {
  const { code, name } = thrown as { code?: unknown; name?: unknown };
  const { cause } = thrown as { cause?: { status?: unknown } };
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return 'access-clocks';
  const down = typeof cause?.status === 'number' && cause.status >= 500;
  return down || code === 'OAUTH_TIMEOUT' || (name === 'TypeError' && /fetch/.test(String(thrown)))
    ? 'access-provider-away'
    : 'access-provider-refused';
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const inner = thrown.cause instanceof Error ? `: ${thrown.cause.message}` : '';
  return `${thrown.message}${inner}`;
}
