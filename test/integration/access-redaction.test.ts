import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Demo } from '../support/demo.ts';
import { askRaw, knock, ownerPassword, PageChannel, Visitor } from '../support/doors.ts';
import { type FlowNode, root } from '../support/node-red.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

/** Each is private in another way; none is a word of ours. */
const secrets = {
  ...{ typed: 'hush-typed-password', inName: 'hush-typed-as-name', chosen: 'hush', code: 'hush-start-code' },
  ...{ client: 'hush-client-secret', grant: 'hush-oidc-code', bearer: 'percept_hush-bearer', pass: 'hush-pass.AAAA' },
  ...{ link: `hush-link-${'A'.repeat(40)}`, push: 'hush-push-endpoint', keys: 'hushPushKeysAAAAAAAAAA' },
  ...{ database: 'hush-database-password', hook: 'hush-hook-token', cookie: `hush${'B'.repeat(39)}` },
};

test('of what fails at the door and behind it, nothing private is in the log or the audit log', async () => {
  const given = {
    PERCEPT_OIDC_ISSUER: `http://127.0.0.1:${await freePort()}/pool`,
    PERCEPT_OIDC_CLIENT_ID: 'c',
    PERCEPT_OIDC_CLIENT_SECRET: secrets.client,
    PERCEPT_OIDC_GROUPS: 'crew=operator',
  };
  Object.assign(process.env, given);
  const demo = await Demo.start(['--verbose']).finally(() => {
    for (const name of Object.keys(given)) delete process.env[name];
  });
  try {
    const announced = demo.output.length;
    const owner = new Visitor(demo.url);
    await owner.signIn('owner', ownerPassword);
    const stranger = new Visitor(demo.url);
    const name = owner.cookie.split('=')[0];

    for (const [who, password] of [
      ['owner', secrets.typed],
      [secrets.inName, 'x'],
      [secrets.inName, ''],
    ] as const)
      assert.equal((await stranger.signIn(who, password)).status, 401);
    const asked = [
      ...[`/access/start?code=${secrets.code}`, `/access/callback?code=${secrets.grant}&state=${secrets.grant}`],
      ...['/access/provider', `/percept/alert/${secrets.link}`, `/flows?token=${secrets.typed}`],
    ];
    for (const path of asked) assert.ok((await stranger.ask(path)).status >= 400 || path.includes('callback'), path);
    const cookie = `${name}=${secrets.cookie}; ${name}_journey=${secrets.grant}`;
    const headers = { cookie, authorization: `Bearer ${secrets.bearer}`, 'x-percept-pass': secrets.pass };
    assert.equal((await askRaw(demo.url, '/flows', { headers })).status, 401);
    await askRaw(demo.url, `/access/callback?code=${secrets.grant}`, { headers });
    assert.equal(await knock(`${demo.url.replace('http', 'ws')}/comms`, headers), '401');
    assert.equal(typeof (await PageChannel.open(demo.url, headers)), 'string');
    assert.equal(
      (await owner.post('/access/password', { current: secrets.typed, chosen: secrets.chosen })).status,
      400,
    );
    assert.equal((await owner.post('/auth/token', { username: 'owner', password: secrets.typed })).status, 401);
    const device = {
      endpoint: `https://push.example/${secrets.push}`,
      keys: { p256dh: secrets.keys, auth: secrets.keys },
    };
    const json = { 'content-type': 'application/json' };
    await owner.ask('/percept/phone/device', { method: 'PUT', headers: json, body: JSON.stringify(device) });

    const flows = (await (await owner.ask('/flows')).json()) as FlowNode[];
    const url = `postgres://plant:${secrets.database}@127.0.0.1:1/plant`;
    const more: FlowNode[] = [
      { id: 'bb1', type: 'tab', label: 'failing' },
      { id: 'bb2', type: 'percept-store', version: 1, name: 'away', url },
      { id: 'bb3', z: 'bb1', type: 'percept-record', version: 1, store: 'bb2', wires: [[]] },
      {
        id: 'bb4',
        type: 'percept-channel',
        version: 1,
        name: 'hook',
        kind: 'webhook',
        url: `http://127.0.0.1:1/?token=${secrets.hook}`,
      },
      { id: 'bb5', z: 'bb1', type: 'percept-alert', version: 1, store: 'bb2', steps: [], wires: [[], [], []] },
    ];
    const body = JSON.stringify([...flows, ...more]);
    assert.equal((await owner.ask('/flows', { method: 'POST', headers: json, body })).status, 204);
    await until(() => /127\.0\.0\.1:1\/plant/.test(demo.output.slice(announced)), { what: 'the store to be missed' });
    const tested = await owner.ask('/percept/channel/bb4/test', { method: 'POST' });
    assert.ok(tested.status >= 400, String(tested.status));

    const audit = execFileSync(process.execPath, [
      ...[join(root, 'dist/cli/percept.js'), 'audit', '--json', '--last', '1000', '--user-dir', demo.userDir],
    ]).toString();
    assert.match(audit, /"refused"/);
    assert.match(audit, /"flows\.set"/);
    const log = demo.output.slice(announced);
    const cookies = { session: owner.cookie.split('=')[1] ?? '', password: ownerPassword };
    for (const [what, secret] of Object.entries({ ...secrets, ...cookies })) {
      assert.ok(secret.length >= 4);
      for (const [where, text] of Object.entries({ log, audit, page: await tested.clone().text() }))
        assert.ok(
          !text.includes(secret),
          `${what} in the ${where}: ${text.split('\n').find((line) => line.includes(secret))}`,
        );
    }
    for (const file of ['credential-secret', 'access.sqlite', 'access.sqlite-wal'])
      assert.equal(statSync(join(demo.userDir, file)).mode & 0o777, 0o600, file);
  } finally {
    await demo.remove();
  }
});
