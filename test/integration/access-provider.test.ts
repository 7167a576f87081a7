import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Access, openAccess } from '../../dist/access/access.js';
import { ownerPassword, Visitor } from '../support/doors.ts';
import { IdentityProvider } from '../support/identity-provider.ts';
import { freePort } from '../support/ports.ts';

const people = {
  mina: { email: 'mina@example.org', groups: ['plant-eu', 'shift-leads'] },
  jo: { email: 'jo@example.org', groups: ['visitors', 'constructor'] },
  owner: { email: '', groups: ['visitors'] },
  mallory: { email: 'mina@example.org', groups: ['visitors'], unconfirmed: true },
  none: { email: 'none@example.org' },
  eve: { email: 'eve@example.org', groups: ['toString', 'elsewhere'] },
};

describe('signing in through an identity provider like a Cognito user pool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-oidc-'));
  const noted: string[] = [];
  let provider: IdentityProvider;
  let access: Access;
  let server: Server;
  let url: string;

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    provider = await IdentityProvider.start(`${url}/access/callback`, people);
    access = await openAccess(
      {
        folder,
        port,
        home: '/dashboard',
        note: ({ action, user, way }) => noted.push(`${action} ${user} ${way}`),
        oidc: {
          issuer: provider.issuer,
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          name: 'Example <Works>',
          groups: { 'shift-leads': 'operator', 'plant-eu': 'viewer', visitors: 'viewer' },
          insecure: true,
        },
      },
      ownerPassword,
    );
    server = createServer((request, response) => access.middleware(request, response, () => response.end('inside')));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  });
  after(async () => {
    await provider.stop();
    server.closeAllConnections();
    server.close();
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Up to the address with the code, which is not visited. */
  const throughTheProvider = async (visitor: Visitor, name: string, next = '/dashboard/one'): Promise<string> => {
    const away = await visitor.ask(`/access/provider?next=${encodeURIComponent(next)}`);
    return provider.signIn(away.headers.get('location') ?? '', name);
  };
  const signedIn = async (visitor: Visitor): Promise<unknown> => {
    const answer = await visitor.ask('/access/me');
    return answer.status === 200 ? await answer.json() : answer.status;
  };

  test('the sign-in page offers it, with PKCE, a state and a nonce', async () => {
    const visitor = new Visitor(url);
    assert.match(await (await visitor.ask('/access/sign-in')).text(), /Sign in with Example &#60;Works&#62;/);
    await throughTheProvider(visitor, 'mina');
    assert.equal(provider.asked.get('code_challenge_method'), 'S256');
    for (const name of ['state', 'nonce', 'code_challenge'])
      assert.ok((provider.asked.get(name) ?? '').length > 20, name);
  });

  test('somebody of two groups gets the higher role, and arrives where they wanted to go', async () => {
    const visitor = new Visitor(url);
    const arrived = await visitor.ask(await throughTheProvider(visitor, 'mina'));
    assert.equal(arrived.headers.get('location'), '/dashboard/one');
    assert.deepEqual(await signedIn(visitor), { user: 'mina@example.org', role: 'operator', local: false });
    assert.ok(noted.includes('signed-in mina@example.org provider'));
  });

  test('who is in no group with a role is told so, and stays outside', async () => {
    const visitor = new Visitor(url);
    const refused = await visitor.ask(await throughTheProvider(visitor, 'eve'));
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /eve@example\.org is known to the identity provider, but none of their groups/);
    assert.equal(await signedIn(visitor), 401);
  });

  test('who has no groups at all stays outside', async () => {
    const visitor = new Visitor(url);
    const refused = await visitor.ask(await throughTheProvider(visitor, 'none'));
    assert.match(await refused.text(), /none@example\.org is known .*oidc\.groups/s);
    assert.equal(await signedIn(visitor), 401);
  });

  test('a code is good in the browser that asked for it, once', async () => {
    const visitor = new Visitor(url);
    const address = await throughTheProvider(visitor, 'jo');
    const other = new Visitor(url);
    await other.ask(address);
    assert.equal(await signedIn(other), 401, 'not in another browser');
    await visitor.ask(address);
    assert.deepEqual(await signedIn(visitor), { user: 'jo@example.org', role: 'viewer', local: false });
    const again = new Visitor(url);
    await throughTheProvider(again, 'jo');
    await again.ask(address);
    assert.equal(await signedIn(again), 401, 'not with the code and state of another journey');
  });

  test('a state that was changed on the way is refused', async () => {
    const visitor = new Visitor(url);
    const address = new URL(await throughTheProvider(visitor, 'mina'));
    address.searchParams.set('state', 'another');
    const refused = await visitor.ask(address.href);
    assert.match(await refused.text(), /did not succeed/);
    assert.equal(await signedIn(visitor), 401);
  });

  test('a provider that has changed its keys is believed by the new ones, and by no others', async () => {
    const before = new Visitor(url);
    await before.ask(await throughTheProvider(before, 'mina'));
    provider.rotate();
    const visitor = new Visitor(url);
    await visitor.ask(await throughTheProvider(visitor, 'jo'));
    assert.deepEqual(await signedIn(visitor), { user: 'jo@example.org', role: 'viewer', local: false });
    assert.equal((await before.ask('/dashboard')).status, 200, 'who was in stays in');
    provider.loseKey();
    const other = new Visitor(url);
    const refused = await other.ask(await throughTheProvider(other, 'jo'));
    provider.ahead = 0;
    provider.rotate();
    assert.equal(refused.status, 400);
    assert.equal(await signedIn(other), 401);
  });

  test('clocks may differ by a minute; when they differ more, that is what the page says', async () => {
    const visitor = new Visitor(url);
    try {
      // an ID token is good for an hour
      provider.ahead = -3600 - 60;
      await visitor.ask(await throughTheProvider(visitor, 'mina'));
      assert.deepEqual(await signedIn(visitor), { user: 'mina@example.org', role: 'operator', local: false });
      provider.ahead = -2 * 3600;
      const late = new Visitor(url);
      const refused = await late.ask(await throughTheProvider(late, 'mina'));
      assert.match(await refused.text(), /clocks of .* and of this machine differ too much/);
      assert.equal(await signedIn(late), 401);
    } finally {
      provider.ahead = 0;
    }
  });

  test('who names themselves there like somebody here is told apart', async () => {
    const visitor = new Visitor(url);
    await visitor.ask(await throughTheProvider(visitor, 'owner'));
    assert.deepEqual(await signedIn(visitor), { user: 'owner (Example <Works>)', role: 'viewer', local: false });
  });

  test('an address that the provider has not confirmed is nobody’s name', async () => {
    const visitor = new Visitor(url);
    await visitor.ask(await throughTheProvider(visitor, 'mallory'));
    assert.deepEqual(await signedIn(visitor), { user: 'mallory', role: 'viewer', local: false });
  });

  test('many who only begin to sign in keep nobody else from it', async () => {
    const visitor = new Visitor(url);
    const address = await throughTheProvider(visitor, 'mina');
    for (let i = 0; i < 1_100; i += 100)
      await Promise.all(Array.from({ length: 100 }, () => new Visitor(url).ask('/access/provider')));
    await visitor.ask(address);
    assert.deepEqual(await signedIn(visitor), { user: 'mina@example.org', role: 'operator', local: false });
  });

  test('while the provider is away, who is in stays in, and the owner enters with the local password', async () => {
    const visitor = new Visitor(url);
    await visitor.ask(await throughTheProvider(visitor, 'mina'));
    const address = await throughTheProvider(new Visitor(url), 'jo');
    const leaving = new Visitor(url);
    const came = await throughTheProvider(leaving, 'jo');
    await provider.stop();
    try {
      assert.equal((await visitor.ask('/dashboard/one')).status, 200);
      const owner = new Visitor(url);
      await owner.signIn('owner', ownerPassword);
      assert.deepEqual(await signedIn(owner), { user: 'owner', role: 'owner', local: true });
      const jo = new Visitor(url);
      await jo.ask('/access/provider');
      assert.notEqual((await jo.ask(address)).status, 200);
      assert.equal(await signedIn(jo), 401);
      const page = await leaving.ask(came);
      assert.equal(page.status, 503, 'also for who was on the way back');
      assert.match(await page.text(), /cannot be reached .*owners can use their local password/s);
      const sent = await new Visitor(url).ask('/access/provider');
      assert.equal(sent.status, 503, 'nobody is sent to where nobody answers');
    } finally {
      await provider.again();
    }
  });
});

test('a provider that is away when Percept starts is said with its address, and tried again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'percept-oidc-'));
  const [port, away] = [await freePort(), await freePort()];
  const access = await openAccess(
    { folder, port, oidc: { issuer: `http://127.0.0.1:${away}/pool`, clientId: 'c', groups: {}, insecure: true } },
    ownerPassword,
  );
  const server = createServer((request, response) =>
    access.middleware(request, response, () => response.end('inside')),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await access.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const visitor = new Visitor(`http://127.0.0.1:${port}`);
  for (let i = 0; i < 2; i++) {
    const page = await (await visitor.ask('/access/provider')).text();
    assert.match(page, new RegExp(`http://127\\.0\\.0\\.1:${away}/pool cannot be reached .*ECONNREFUSED`));
    assert.match(page, /owners can use their local password/);
  }
});
