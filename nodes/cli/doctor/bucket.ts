import { newestBackup } from '../../store/backup-manifest.js';
import type { Bucket, Listed } from '../../store/bucket/bucket.js';
import type { StoreHandle } from '../../store/open.js';
import { megabytes, speaker } from '../texts.js';
import { type Finding, fail, failed, ok, warn } from './findings.js';

const say = speaker({
  works: {
    'en-US': 'The bucket {bucket} can be written, read and deleted in',
    ko: '버킷 {bucket}: 쓰기, 읽기, 삭제 가능',
  },
  sampled: {
    'en-US': '{sampled} of {objects} objects ({bytes}) were read; their checksums are right',
    ko: '객체 {objects}개({bytes}) 중 {sampled}개를 읽어 체크섬을 확인했습니다',
  },
  missing: {
    'en-US':
      'The store names {count} objects that are not in the bucket: {some}. Restore them from a copy of the bucket',
    ko: '저장소에는 있지만 버킷에 없는 객체 {count}개: {some}. 버킷 사본에서 복구하세요',
  },
  complete: {
    'en-US': 'Every object that the store names is in the bucket',
    ko: '저장소가 가리키는 객체가 모두 버킷에 있습니다',
  },
  extra: {
    'en-US':
      '{count} objects ({bytes}) are in the bucket that the store does not name: {some}. Delete what nobody needs',
    ko: '버킷에는 있지만 저장소에 없는 객체 {count}개({bytes}): {some}. 필요 없으면 지우세요',
  },
  backup: { 'en-US': 'The newest backup is of {time}', ko: '최신 백업: {time}' },
  noBackup: {
    'en-US': 'There is no backup in this bucket; make one with: percept backup',
    ko: '이 버킷에 백업이 없습니다. 다음으로 만드세요: percept backup',
  },
  oldBackup: {
    'en-US': 'The newest backup is of {time}, more than a week ago; make one with: percept backup',
    ko: '최신 백업이 일주일이 넘었습니다({time}). 다음으로 만드세요: percept backup',
  },
});

const week = 7 * 86_400_000;
/** An object is put before its row is committed. */
const onItsWay = 600_000;
const rowsAtOnce = 5_000;

export interface BucketOptions {
  /** How many objects are read to check their checksums. */
  readonly sample: number;
  /** Name of the backups. */
  readonly name: string;
}

export async function checkBucket(
  bucket: Bucket,
  store: StoreHandle | undefined,
  options: BucketOptions,
): Promise<Finding[]> {
  try {
    await bucket.check();
    const objects = new Map<string, Listed>();
    for await (const object of bucket.list()) objects.set(object.key, object);
    return [
      ok(say('works', { bucket: bucket.label })),
      ...(await checkSums(bucket, [...objects.values()], options.sample)),
      ...(store ? await checkNames(bucket, store, objects) : []),
      await checkBackups(bucket, options.name),
    ];
  } catch (thrown) {
    return [failed(thrown)];
  }
}

async function checkSums(bucket: Bucket, objects: readonly Listed[], sample: number): Promise<Finding[]> {
  const chosen = pick(objects, sample);
  const wrong: Finding[] = [];
  for (const { key } of chosen) {
    try {
      // read to its end, where the checksum is compared
      for await (const _ of await bucket.stream(key));
    } catch (thrown) {
      wrong.push(failed(thrown));
    }
  }
  if (wrong.length > 0) return wrong;
  return [ok(say('sampled', { sampled: chosen.length, objects: objects.length, bytes: sum(objects) }))];
}

async function checkNames(bucket: Bucket, store: StoreHandle, objects: Map<string, Listed>): Promise<Finding[]> {
  const unnamed = new Map(objects);
  const missing: string[] = [];
  for await (const key of namedKeys(store)) {
    unnamed.delete(key);
    // it may have come since the bucket was listed
    if (!objects.has(key) && !(await isThere(bucket, key))) missing.push(key);
  }
  const extra = [...unnamed.values()].filter(
    ({ key, time }) => !key.startsWith('backup/') && Date.now() - time > onItsWay,
  );
  return [
    missing.length === 0
      ? ok(say('complete'))
      : fail(say('missing', { count: missing.length, some: missing.slice(0, 3).join(', ') })),
    ...(extra.length === 0 ? [] : [warn(say('extra', { count: extra.length, bytes: sum(extra), some: some(extra) }))]),
  ];
}

/** Of recordings, and of what findings show as evidence. */
async function* namedKeys({ db }: StoreHandle): AsyncGenerator<string> {
  for (let after = 0, more = true; more; ) {
    const rows = await db
      .selectFrom('recording')
      .select(['id', 'key'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const { key } of rows) yield key;
    after = rows.at(-1)?.id ?? after;
    more = rows.length === rowsAtOnce;
  }
  const findings = await db.selectFrom('finding').select('evidence').where('evidence', '<>', '[]').execute();
  for (const { evidence } of findings) yield* JSON.parse(evidence) as string[];
}

async function checkBackups(bucket: Bucket, name: string): Promise<Finding> {
  const time = await newestBackup(bucket, name);
  if (time === undefined) return warn(say('noBackup'));
  const text = say(Date.now() - time > week ? 'oldBackup' : 'backup', { time: new Date(time).toISOString() });
  return Date.now() - time > week ? warn(text) : ok(text);
}

async function isThere(bucket: Bucket, key: string): Promise<boolean> {
  try {
    await bucket.head(key);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'bucket-not-found') return false;
    throw thrown;
  }
}

function pick(objects: readonly Listed[], count: number): readonly Listed[] {
  if (objects.length <= count) return objects;
  const chosen = objects.map((object) => ({ object, at: Math.random() })).sort((a, b) => a.at - b.at);
  return chosen.slice(0, count).map(({ object }) => object);
}

function sum(objects: readonly Listed[]): string {
  return megabytes(objects.reduce((total, { bytes }) => total + bytes, 0));
}

function some(objects: readonly Listed[]): string {
  return objects
    .slice(0, 3)
    .map(({ key }) => key)
    .join(', ');
}
