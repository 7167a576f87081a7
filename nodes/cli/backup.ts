import { backUpOutboxes } from '../sensor/gateway/outbox-backup.js';
import { backupStore, defaultName } from '../store/backup.js';
import { backUpLearned } from '../store/backup-learned.js';
import { bucketSettings, openBucket } from '../store/bucket/open.js';
import { tellAudit } from './audited.js';
import { badOption, existingStore, readOptions, usualPlaces } from './options.js';
import { megabytes, speaker } from './texts.js';

const help = `percept backup: copies the store, what waits in gateways beside it and what was learned on this box into a
bucket while they are in use.

  --user-dir DIR   of Node-RED; store, bucket, the gateways' outboxes and what was learned lie in there
                   (default .percept, else ~/.node-red)
  --store URL      a SQLite file, or postgres://user:password@host/database
  --bucket PLACE   a folder, or s3://bucket/prefix?endpoint=https://host:9000&region=REGION
                   (credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine's role)
  --name NAME      tells apart the stores that share a bucket (default ${defaultName})
  --keep N         how many backups stay (default 7)`;

const say = speaker({
  done: {
    'en-US': 'Backed up {store}: {rows} rows, {whole} as {packed} in {key}. Took {seconds} s.',
    ko: '{store} 백업 완료: {rows}행, {whole}를 {packed}로 압축해 {key}에 저장했습니다. {seconds}초 걸렸습니다.',
  },
  outbox: {
    'en-US': 'With it the outbox {path}: {waiting} readings wait in it.',
    ko: '보관함 {path}도 백업했습니다: 대기 중인 측정값 {waiting}개.',
  },
  learned: {
    'en-US': 'With it what was learned on this box: {files} files.',
    ko: '이 장치에서 학습한 내용도 백업했습니다: 파일 {files}개.',
  },
  removed: { 'en-US': 'Removed {count} objects of older backups.', ko: '오래된 백업 객체 {count}개를 지웠습니다.' },
});

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args, {
    'user-dir': { type: 'string' },
    store: { type: 'string' },
    bucket: { type: 'string' },
    name: { type: 'string', default: defaultName },
    keep: { type: 'string', default: '7' },
    help: { type: 'boolean', default: false },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const keep = Number(options.keep);
  if (!Number.isInteger(keep) || keep < 1) throw badOption(`--keep "${options.keep}" is not a number from 1`);
  const began = performance.now();
  const usual = usualPlaces(options['user-dir']);
  const store = await existingStore(options.store ?? usual.store);
  try {
    const bucket = await openBucket(bucketSettings(options.bucket ?? usual.bucket));
    await tellAudit(store, { action: 'exported', what: 'backup', detail: { name: options.name } });
    const { manifest, removed } = await backupStore(store, bucket, { name: options.name, keep });
    const { rows, whole, packed, time } = manifest;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    const sizes = { whole: megabytes(whole.bytes), packed: megabytes(packed.bytes) };
    console.log(say('done', { store: store.label, rows: total, key: packed.key, seconds, ...sizes }));
    if (removed > 0) console.log(say('removed', { count: removed }));
    // a store that was named may belong to another user directory than the usual one
    if (options['user-dir'] || !options.store) {
      const outboxes = await backUpOutboxes(usual.userDir, bucket, { name: options.name, time });
      for (const { path, waiting } of outboxes.kept) console.log(say('outbox', { path, waiting }));
      const files = await backUpLearned(usual.userDir, bucket, { name: options.name, time });
      if (files > 0) console.log(say('learned', { files }));
      if (outboxes.problem) throw outboxes.problem;
    }
    await bucket.close();
    return 0;
  } finally {
    await store.close();
  }
}
