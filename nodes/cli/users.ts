import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../access/database.js';
import { isRole, type Role, roles } from '../access/roles.js';
import { Sessions } from '../access/sessions.js';
import { Users } from '../access/users.js';
import { removePerson } from '../alert/channels/push-devices.js';
import { atStore, tellAudit } from './audited.js';
import { badOption, usualPlaces } from './options.js';
import { speaker } from './texts.js';

const help = `percept users: who may come in, and as what. Works while Percept runs; changes count at once.

  percept users list
  percept users add NAME ROLE        prints a one-time password; ROLE is viewer, operator or owner
  percept users password NAME        prints a new one-time password
  percept users role NAME ROLE
  percept users remove NAME          ends their sessions, devices and links in notices too
  percept users sign-out NAME        ends all sessions of this name, also of somebody from the identity provider
  percept users token NAME ROLE      prints a token for a program (Authorization: Bearer TOKEN); replaces one of this name
  percept users untoken NAME         the token is good no more

  --user-dir DIR   of Node-RED (default .percept, else ~/.node-red)`;

const say = speaker({
  made: {
    'en-US': 'Password of {name}, good until they choose their own: {password}',
    ko: '{name}의 일회용 비밀번호(스스로 정할 때까지 유효): {password}',
  },
  token: {
    'en-US': 'Token of {name} ({role}), shown only now: {token}',
    ko: '{name}({role})의 토큰. 지금만 표시됩니다: {token}',
  },
  role: { 'en-US': '{name} is {role} now.', ko: '{name}은(는) 이제 {role}입니다.' },
  removed: {
    'en-US':
      '{name} is removed and signed out everywhere. Their devices ring no more, and links in notices they got open nothing.',
    ko: '{name}을(를) 삭제하고 모든 곳에서 로그아웃했습니다. 그 기기는 더 이상 울리지 않고, 받은 통지의 링크도 열리지 않습니다.',
  },
  'signed-out': { 'en-US': 'Sessions of {name} that ended: {count}', ko: '종료된 {name}의 세션: {count}개' },
  untoken: { 'en-US': 'The token of {name} is good no more.', ko: '{name}의 토큰은 더 이상 유효하지 않습니다.' },
  'no-token': { 'en-US': 'There is no token of {name}.', ko: '{name}의 토큰이 없습니다.' },
  waiting: { 'en-US': 'has not chosen a password yet', ko: '아직 비밀번호를 정하지 않음' },
});

type Command = (users: Users, sessions: Sessions, name: string, role: string | undefined) => Promise<string>;

const commands: Readonly<Record<string, Command>> = {
  list: async (users) =>
    users
      .list()
      .map(({ name, role, mustChange }) =>
        `${name.padEnd(24)} ${role.padEnd(9)}${mustChange ? say('waiting') : ''}`.trimEnd(),
      )
      .join('\n'),
  add: async (users, _sessions, name, role) =>
    say('made', { name, password: (await users.add(name, roleIn(role))) ?? '' }),
  password: async (users, sessions, name) => {
    const password = await users.resetPassword(name);
    sessions.endAll(name);
    return say('made', { name, password });
  },
  role: async (users, _sessions, name, role) => {
    users.setRole(name, roleIn(role));
    return say('role', { name, role: roleIn(role) });
  },
  remove: async (users, _sessions, name) => {
    users.remove(name);
    return say('removed', { name });
  },
  'sign-out': async (_users, sessions, name) => say('signed-out', { name, count: sessions.endEverywhere(name) }),
  token: async (_users, sessions, name, role) => {
    const given = roleIn(role);
    return say('token', { name, role: given, token: sessions.makeToken(name, given) });
  },
  untoken: async (_users, sessions, name) => say(sessions.removeToken(name) ? 'untoken' : 'no-token', { name }),
};

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [word = '', name = '', role] = positionals;
  if (values.help || args.length === 0) {
    console.log(help);
    return 0;
  }
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!command) throw badOption(`"${word}" is none of ${Object.keys(commands).join(', ')}`);
  if (word !== 'list' && name === '') throw badOption(`percept users ${word} needs a NAME`);
  const { userDir, store } = usualPlaces(values['user-dir']);
  mkdirSync(userDir, { recursive: true });
  const database = openDatabase(join(userDir, 'access.sqlite'));
  try {
    console.log(await command(new Users(database), new Sessions(database), name, role));
    if (word !== 'list') {
      const detail = { name, ...(role === undefined ? {} : { role }) };
      await atStore(store, async (opened) => {
        // of stores elsewhere, whoever sends to these devices removes them
        if (word === 'remove') await removePerson(opened, name);
        await tellAudit(opened, { action: 'changed', what: `users.${word}`, detail });
      });
    }
  } finally {
    database.close();
  }
  return 0;
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { 'user-dir': { type: 'string' }, help: { type: 'boolean', default: false } },
    });
  } catch (cause) {
    throw badOption(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), cause);
  }
}

function roleIn(text: string | undefined): Role {
  if (isRole(text)) return text;
  throw badOption(`"${text ?? ''}" is none of ${roles.join(', ')}`);
}
