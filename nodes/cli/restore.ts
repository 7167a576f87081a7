import { redactText } from '../kit/index.js';
import { restoreOutboxes } from '../sensor/gateway/outbox-backup.js';
import { defaultName } from '../store/backup.js';
import { restoreLearned } from '../store/backup-learned.js';
import { listBackups, readManifest } from '../store/backup-manifest.js';
import { restoreStore } from '../store/backup-restore.js';
import type { Bucket } from '../store/bucket/bucket.js';
import { badOption, existingBucket, readOptions, usualPlaces } from './options.js';
import { megabytes, speaker } from './texts.js';

const help = `percept restore: brings a store back from a backup, and of gateways' outboxes and of what was learned on this box what
is not there any more.
Stop Node-RED first.

  --user-dir DIR   of Node-RED; store and bucket are looked for in there (default .percept, else ~/.node-red)
  --from PLACE     the bucket: a folder, or s3://bucket/prefix?endpoint=https://host:9000&region=REGION
  --store URL      a SQLite file, or postgres://user:password@host/database; either takes backups of either
  --at TIME        the newest backup no later than this: 2026-11-20T08:00:00Z (default latest)
  --name NAME      which store, where several share a bucket (default ${defaultName})
  --force          replace what the store holds and what was learned; a SQLite file is kept under another name
  --list           only show the backups that are there`;

const say = speaker({
  done: {
    'en-US': 'Restored {store} as it was at {time}: {rows} rows, all checked.',
    ko: '{store}을(를) {time} 상태로 복원했습니다: {rows}행, 모두 확인했습니다.',
  },
  replaced: { 'en-US': 'What was there before is in {path}.', ko: '이전 내용은 {path}에 있습니다.' },
  outbox: {
    'en-US':
      'Put back the outbox {path}: {waiting} readings wait in it. What was sent since goes again, and is stored once.',
    ko: '보관함 {path}을(를) 되돌렸습니다: 대기 중인 측정값 {waiting}개. 그 뒤에 보낸 것은 다시 전송되지만 한 번만 저장됩니다.',
  },
  left: {
    'en-US': 'The outbox {path} is there and was left as it is; that of the backup is older.',
    ko: '보관함 {path}이(가) 있어 그대로 두었습니다. 백업의 것이 더 오래되었습니다.',
  },
  learned: {
    'en-US': 'Put back what was learned on this box: {restored} files.',
    ko: '이 장치에서 학습한 내용을 되돌렸습니다: 파일 {restored}개.',
  },
  kept: {
    'en-US': '{left} files of what was learned are there and were left as they are; --force takes those of the backup.',
    ko: '학습한 내용 중 파일 {left}개는 이미 있어 그대로 두었습니다. --force를 쓰면 백업의 것으로 바꿉니다.',
  },
  backup: { 'en-US': '{time}  {rows} rows  {packed}  of {store}', ko: '{time}  {rows}행  {packed}  {store}' },
  none: { 'en-US': 'There is no backup of "{name}" in {bucket}.', ko: '{bucket}에 "{name}"의 백업이 없습니다.' },
});

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args, {
    'user-dir': { type: 'string' },
    from: { type: 'string' },
    store: { type: 'string' },
    at: { type: 'string', default: 'latest' },
    name: { type: 'string', default: defaultName },
    force: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { name, force } = options;
  const at = moment(options.at);
  const usual = usualPlaces(options['user-dir']);
  const bucket = await existingBucket(options.from ?? usual.bucket);
  try {
    if (options.list) return await list(bucket, name);
    const url = options.store ?? usual.store;
    const { manifest, replaced } = await restoreStore(bucket, { url }, { name, at, force });
    console.log(say('done', { store: redactText(url), time: iso(manifest.time), rows: total(manifest.rows) }));
    if (replaced !== undefined) console.log(say('replaced', { path: replaced }));
    const userDir = options['user-dir'] || !options.store ? usual.userDir : undefined;
    if (userDir === undefined) return 0;
    const { restored, left } = await restoreOutboxes(userDir, bucket, { name, time: manifest.time });
    for (const outbox of restored) console.log(say('outbox', { ...outbox }));
    for (const { path } of left) console.log(say('left', { path }));
    const learned = await restoreLearned(userDir, bucket, { name, time: manifest.time }, force);
    if (learned.restored > 0) console.log(say('learned', { restored: learned.restored }));
    if (learned.left > 0) console.log(say('kept', { left: learned.left }));
    return 0;
  } finally {
    await bucket.close();
  }
}

async function list(bucket: Bucket, name: string): Promise<number> {
  const keys = await listBackups(bucket, name);
  if (keys.length === 0) console.log(say('none', { name, bucket: bucket.label }));
  for (const key of keys) {
    const { time, rows, packed, store } = await readManifest(bucket, key);
    console.log(say('backup', { time: iso(time), rows: total(rows), packed: megabytes(packed.bytes), store }));
  }
  return 0;
}

function moment(text: string): number {
  if (text === 'latest') return Number.POSITIVE_INFINITY;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw badOption(`--at "${text}" is not a time like 2026-11-20T08:00:00Z`);
  return time;
}

function total(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
