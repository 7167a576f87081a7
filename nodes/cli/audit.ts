import { language } from '../kit/index.js';
import { checkAudit } from '../store/audit.js';
import type { AuditTable } from '../store/schema.js';
import { badOption, existingStore, readOptions, usualPlaces } from './options.js';
import { speaker } from './texts.js';

const help = `percept audit: who came in, saw, exported, acknowledged, deleted, changed; newest last.

  --last N         so many rows (default 50)
  --who NAME       of this user alone
  --action NAME    signed-in, refused, denied, saw, opened, acknowledged, snoozed, silenced, exported, changed, ...
  --what TEXT      whose subject holds this: a machine, an alert's key, flows.set
  --since WHEN     7d, 12h, 30m, or a time as in 2026-05-01 or 2026-05-01T08:00Z
  --user-dir DIR   of Node-RED (default .percept, else ~/.node-red)
  --store URL      a SQLite file, or postgres://user:password@host/database
  --json           for programs

The whole chain is checked each time; it ends with 1 when a row was changed or taken out. Keep the hash that is shown
elsewhere: it proves later that nothing was cut off the end.`;

const say = speaker({
  none: { 'en-US': 'No rows.', ko: '해당하는 행이 없습니다.' },
  whole: {
    'en-US': 'Rows: {count}, unbroken; hash of the newest: {head}',
    ko: '{count}개 행, 온전함; 최신 행의 해시: {head}',
  },
  broken: {
    'en-US': 'Row {broken} does not follow from the one before: something was changed or taken out.',
    ko: '{broken}번 행이 앞 행과 이어지지 않습니다. 변경되었거나 삭제된 행이 있습니다.',
  },
});

/** What was done, as a person says it; an action that is not here is shown as it is. */
const words: Readonly<Record<string, string>> = {
  'signed-in': '로그인',
  'signed-out': '로그아웃',
  refused: '로그인 거부됨',
  denied: '권한 없음',
  'changed-password': '비밀번호 변경',
  changed: '변경',
  exported: '내보냄',
  saw: '봄',
  opened: '링크 열람',
  acknowledged: '확인함',
  resolved: '해결함',
  snoozed: '다시 알림',
  silenced: '알림 끔',
  'ended-silence': '알림 켬',
  presence: '재실 변경',
  tested: '시험',
  redrove: '거부된 메시지 재처리',
  'learning-started': '학습 시작',
  'learning-cancelled': '학습 취소',
  'model-rolled-back': '이전 모델로 되돌림',
};

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** @returns ms UTC */
function sinceOf(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * units[unit as keyof typeof units];
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw badOption(`--since "${text}" is neither like 7d nor like 2026-05-01`);
  return time;
}

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args, {
    last: { type: 'string', default: '50' },
    who: { type: 'string' },
    action: { type: 'string' },
    what: { type: 'string' },
    since: { type: 'string' },
    'user-dir': { type: 'string' },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const last = Number(options.last);
  if (!Number.isInteger(last) || last < 0) throw badOption(`--last "${options.last}" is not a number from 0`);
  const since = options.since === undefined ? undefined : sinceOf(options.since, Date.now());
  const store = await existingStore(options.store ?? usualPlaces(options['user-dir']).store);
  try {
    let query = store.db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(last);
    if (options.who !== undefined) query = query.where('who', '=', options.who);
    if (options.action !== undefined) query = query.where('action', '=', options.action);
    if (options.what !== undefined) query = query.where('what', 'like', `%${options.what}%`);
    if (since !== undefined) query = query.where('time', '>=', since);
    const rows = (await query.execute()).reverse();
    const check = await checkAudit(store.db);
    if (options.json) console.log(JSON.stringify({ rows: rows.map(readable), ...check }, null, 2));
    else {
      for (const line of linesOf(rows)) console.log(line);
      if (rows.length === 0) console.log(say('none'));
      const { count, head, broken } = check;
      console.log(broken === undefined ? say('whole', { count, head }) : say('broken', { broken }));
    }
    return check.broken === undefined ? 0 : 1;
  } finally {
    await store.close();
  }
}

type Row = Pick<AuditTable, 'who' | 'action' | 'what' | 'detail'> & { readonly id: number; readonly time: number };

function readable<R extends Row>(row: R) {
  return { ...row, detail: JSON.parse(row.detail) as Readonly<Record<string, unknown>> };
}

/** In columns as wide as what stands in them. */
function linesOf(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => {
    const { who, action, what, time, detail } = readable(row);
    const done = language() === 'ko' ? (words[action] ?? action) : action;
    const more = Object.entries(detail).map(([name, value]) => `${name}=${String(value)}`);
    return { time: new Date(time).toISOString(), who, done, rest: [what, ...more].filter(Boolean).join('  ') };
  });
  const [names, actions] = [widest(cells.map(({ who }) => who)), widest(cells.map(({ done }) => done))];
  return cells.map(({ time, who, done, rest }) =>
    `${time}  ${who.padEnd(names)}  ${done.padEnd(actions)}  ${rest}`.trimEnd(),
  );
}

function widest(texts: readonly string[]): number {
  return Math.min(40, Math.max(0, ...texts.map(({ length }) => length)));
}
