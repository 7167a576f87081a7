import { checkAudit } from '../store/audit.js';
import { badOption, existingStore, readOptions, usualPlaces } from './options.js';
import { speaker } from './texts.js';

const help = `percept audit: who came in, saw, exported, acknowledged, changed; newest last.

  --last N         so many rows (default 50)
  --who NAME       of this user alone
  --action NAME    signed-in, refused, acknowledged, ...
  --user-dir DIR   of Node-RED (default .percept, else ~/.node-red)
  --store URL      a SQLite file, or postgres://user:password@host/database
  --json           for programs

The whole chain is checked each time; it ends with 1 when a row was changed or taken out. Keep the hash that is shown
elsewhere: it proves later that nothing was cut off the end.`;

const say = speaker({
  whole: {
    'en-US': 'Rows: {count}, unbroken; hash of the newest: {head}',
    ko: '{count}개 행, 온전함; 최신 행의 해시: {head}',
  },
  broken: {
    'en-US': 'Row {broken} does not follow from the one before: something was changed or taken out.',
    ko: '{broken}번 행이 앞 행과 이어지지 않습니다. 변경되었거나 삭제된 행이 있습니다.',
  },
});

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args, {
    last: { type: 'string', default: '50' },
    who: { type: 'string' },
    action: { type: 'string' },
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
  const store = await existingStore(options.store ?? usualPlaces(options['user-dir']).store);
  try {
    let query = store.db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(last);
    if (options.who !== undefined) query = query.where('who', '=', options.who);
    if (options.action !== undefined) query = query.where('action', '=', options.action);
    const rows = (await query.execute()).reverse();
    const check = await checkAudit(store.db);
    if (options.json) console.log(JSON.stringify({ rows, ...check }, null, 2));
    else {
      for (const { time, who, action, what, detail } of rows)
        console.log(
          [new Date(time).toISOString(), who, action, what, detail === '{}' ? '' : detail].join('  ').trimEnd(),
        );
      const { count, head, broken } = check;
      console.log(broken === undefined ? say('whole', { count, head }) : say('broken', { broken }));
    }
    return check.broken === undefined ? 0 : 1;
  } finally {
    await store.close();
  }
}
