import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Attempts } from '../../dist/access/attempts.js';
import { StartCode } from '../../dist/access/codes.js';
import { openDatabase } from '../../dist/access/database.js';
import { checkPassword, hashPassword } from '../../dist/access/passwords.js';
import { editorPermissions, highest } from '../../dist/access/roles.js';
import { idleMs, longestMs, Sessions } from '../../dist/access/sessions.js';
import { Users } from '../../dist/access/users.js';
import { cheaply } from '../support/cheap-passwords.ts';

const long = 'a few plain words';

function people() {
  const database = openDatabase(':memory:');
  let now = Date.now();
  return {
    users: new Users(database, () => now),
    now: () => now,
    sessions: new Sessions(database, () => now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('a password is kept as a salted scrypt hash, and only the right one fits', async () => {
  const [a, b] = await Promise.all([hashPassword(long), hashPassword(long)]);
  assert.match(a, /^\$scrypt\$ln=15,r=8,p=3\$/);
  assert.notEqual(a, b);
  assert.equal(await checkPassword(long, a), true);
  assert.equal(await checkPassword(`${long}.`, a), false);
  assert.equal(await checkPassword(long, undefined), false);
});

test('a user gets a one-time password, and then chooses their own', async () => {
  const { users } = people();
  const made = await users.add('mina', 'operator');
  assert.match(made ?? '', /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  assert.deepEqual(await users.check('Mina', made ?? ''), { name: 'mina', role: 'operator', mustChange: true });
  await users.setPassword('mina', long);
  assert.equal(await users.check('mina', made ?? ''), undefined);
  assert.equal((await users.check('mina', long))?.mustChange, false);
});

for (const [what, name, password, code] of [
  ['a taken name, in other letters', 'OWNER', long, 'access-user-taken'],
  ['a name that would break a log', 'a\nb', long, 'access-user-name'],
  ['a short password', 'mina', 'short', 'access-password-weak'],
  ['a password made of the name', 'mina-santos', 'mina-santos1', 'access-password-weak'],
] as const) {
  test(`${what} is refused`, async (t) => {
    cheaply(t);
    const { users } = people();
    await users.add('owner', 'owner', long);
    await assert.rejects(users.add(name, 'viewer', password), { code });
    assert.equal(users.list().length, 1);
  });
}

test('the last owner can neither be removed nor made less', async (t) => {
  cheaply(t);
  const { users } = people();
  await users.add('owner', 'owner', long);
  assert.throws(() => users.remove('owner'), { code: 'access-last-owner' });
  assert.throws(() => users.setRole('owner', 'viewer'), { code: 'access-last-owner' });
  await users.add('second', 'owner', long);
  users.remove('owner');
  assert.deepEqual(
    users.list().map(({ name }) => name),
    ['second'],
  );
});

test('a session is known by its secret, until it was idle for long or is old', async (t) => {
  cheaply(t);
  const { users, sessions, pass } = people();
  await users.add('mina', 'viewer', long);
  const secret = sessions.begin({ user: 'mina', role: 'viewer' }, { local: true });
  assert.equal(sessions.find(secret)?.user, 'mina');
  assert.equal(sessions.find(secret.replace(/^./, (c) => (c === 'a' ? 'b' : 'a'))), undefined);
  for (let used = 0; used < longestMs; used += idleMs - 1) {
    assert.ok(sessions.find(secret), `used after ${used} ms`);
    pass(idleMs - 1);
  }
  pass(idleMs);
  assert.equal(sessions.find(secret), undefined);
  const unused = sessions.begin({ user: 'mina', role: 'viewer' }, { local: true });
  pass(idleMs + 1);
  assert.equal(sessions.find(unused), undefined);
});

test('what a session may do follows the role that its user has now, and ends with the user', async (t) => {
  cheaply(t);
  const { users, sessions } = people();
  await users.add('owner', 'owner', long);
  await users.add('mina', 'operator', long);
  const secret = sessions.begin({ user: 'mina', role: 'operator' }, { local: true });
  users.setRole('mina', 'viewer');
  assert.equal(sessions.find(secret)?.role, 'viewer');
  users.remove('mina');
  assert.equal(sessions.find(secret), undefined);
});

test('a session of somebody who was removed opens nothing for whoever has the name next', async (t) => {
  cheaply(t);
  const { users, sessions } = people();
  await users.add('owner', 'owner', long);
  await users.add('mina', 'operator', long);
  const secret = sessions.begin({ user: 'mina', role: 'operator' }, { local: true });
  users.remove('MINA');
  await users.add('mina', 'viewer', long);
  assert.equal(sessions.find(secret), undefined);
});

test('what was meant for somebody who was removed is nobody’s; a name that comes back begins anew', async (t) => {
  cheaply(t);
  const { users, sessions, pass, now } = people();
  await users.add('owner', 'owner', long);
  await users.add('mina', 'operator', long);
  assert.deepEqual(
    ['mina', 'nobody'].map((name) => users.knownSince(name)),
    [0, 0],
  );
  users.remove('mina');
  assert.equal(users.knownSince(' Mina'), Number.POSITIVE_INFINITY);
  pass(60_000);
  await users.add('Mina', 'viewer', long);
  assert.equal(users.knownSince('mina'), now());
  const back = now();
  pass(60_000);
  sessions.begin({ user: 'mina', role: 'viewer' }, { local: true });
  assert.equal(users.knownSince('mina'), back, 'to sign in changes nothing');
  users.remove('mina');
  assert.equal(users.knownSince('mina'), Number.POSITIVE_INFINITY);
  pass(60_000);
  sessions.begin({ user: 'mina', role: 'viewer' }, { local: false });
  assert.equal(users.knownSince('mina'), now(), 'the identity provider knows somebody of this name');
});

test('the last owner stays, with all that is theirs', async (t) => {
  cheaply(t);
  const { users, sessions } = people();
  await users.add('owner', 'owner', long);
  const secret = sessions.begin({ user: 'owner', role: 'owner' }, { local: true });
  assert.throws(() => users.remove('owner'), { code: 'access-last-owner' });
  assert.deepEqual([users.knownSince('owner'), sessions.find(secret)?.user], [0, 'owner']);
});

test('a file of an earlier version keeps its people', async (t) => {
  cheaply(t);
  const folder = mkdtempSync(join(tmpdir(), 'percept-people-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'access.sqlite');
  const before = openDatabase(file);
  await new Users(before).add('mina', 'viewer', long);
  before.exec('drop table departure; pragma user_version = 1');
  before.close();
  const users = new Users(openDatabase(file));
  await users.add('owner', 'owner', long);
  users.remove('mina');
  assert.equal(users.knownSince('mina'), Number.POSITIVE_INFINITY);
});

test("somebody from the identity provider isn't a local user of the same name", async (t) => {
  cheaply(t);
  const { users, sessions } = people();
  await users.add('owner', 'owner', long);
  const secret = sessions.begin({ user: 'owner', role: 'viewer' }, { local: false });
  assert.equal(sessions.find(secret)?.role, 'viewer');
  sessions.endAll('owner');
  assert.ok(sessions.find(secret));
});

test('all sessions of a name end at once, whoever knows it', async (t) => {
  cheaply(t);
  const { users, sessions } = people();
  await users.add('mina', 'viewer', long);
  const secrets = [true, false].map((local) => sessions.begin({ user: 'mina', role: 'viewer' }, { local }));
  const other = sessions.begin({ user: 'jo', role: 'viewer' }, { local: false });
  assert.equal(sessions.endEverywhere('Mina'), 2);
  for (const secret of secrets) assert.equal(sessions.find(secret), undefined);
  assert.ok(sessions.find(other));
});

test('who reads the file finds no secret in it, and only its owner can read it', async (t) => {
  cheaply(t);
  const folder = mkdtempSync(join(tmpdir(), 'percept-access-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'access.sqlite');
  const database = openDatabase(file);
  const made = await new Users(database).add('owner', 'owner');
  const sessions = new Sessions(database);
  const secrets = [
    made ?? '',
    sessions.begin({ user: 'owner', role: 'owner' }, { local: true }),
    sessions.makeToken('ci', 'viewer'),
  ];
  database.close();
  const content = readFileSync(file, 'latin1');
  for (const secret of secrets) assert.ok(secret.length > 15 && !content.includes(secret));
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a token lets a program in until it is taken back or replaced', () => {
  const { sessions } = people();
  const first = sessions.makeToken('grafana', 'viewer');
  assert.deepEqual(sessions.findToken(first), { user: 'grafana', role: 'viewer' });
  const second = sessions.makeToken('grafana', 'operator');
  assert.equal(sessions.findToken(first), undefined);
  assert.equal(sessions.findToken(second)?.role, 'operator');
  assert.equal(sessions.removeToken('grafana'), true);
  assert.equal(sessions.findToken(second), undefined);
});

test('the printed address is good once, and not for ever', () => {
  const code = new StartCode();
  assert.equal(code.use('guess'), false);
  assert.equal(code.use(code.code), true);
  assert.equal(code.use(code.code), false);
  const late = new StartCode(0);
  assert.equal(late.use(late.code, 3_600_001), false);
});

test('who guesses is stopped after five tries at one name, others are not', async () => {
  const attempts = new Attempts();
  for (let i = 0; i < 5; i++) await attempts.begin('owner', '10.0.0.1');
  await assert.rejects(attempts.begin('Owner', '10.0.0.1'), { code: 'access-too-often' });
  await attempts.begin('owner', '10.0.0.2');
  await attempts.begin('mina', '10.0.0.1');
});

test('who guesses names is stopped too', async () => {
  const attempts = new Attempts();
  for (let i = 0; i < 30; i++) await attempts.begin(`user${i}`, '10.0.0.1');
  await assert.rejects(attempts.begin('user30', '10.0.0.1'), { code: 'access-too-often' });
});

test('the right password forgives the mistyped ones before it', async () => {
  const attempts = new Attempts();
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 4; i++) await attempts.begin('owner', '10.0.0.1');
    await attempts.succeeded('owner', '10.0.0.1');
  }
});

test('of several roles the highest counts, and the editor knows what each may do', () => {
  assert.equal(highest(['viewer', 'owner', 'operator']), 'owner');
  assert.equal(highest([]), undefined);
  assert.deepEqual(
    ['viewer', 'operator', 'owner'].map((role) => editorPermissions(role as 'viewer')),
    [[], ['read'], ['*']],
  );
});
