import type { StoreHandle } from '../../store/open.js';
import { speaker } from '../texts.js';
import { type Finding, fail, failed, ok } from './findings.js';

const say = speaker({
  whole: {
    'en-US': 'The store {store} is whole: {sources} sources, newest row id {rows} (checked in {seconds} s)',
    ko: '저장소 {store} 정상: 소스 {sources}개, 최신 행 번호 {rows} ({seconds}초 동안 확인)',
  },
  problem: {
    'en-US': 'The store {store} is damaged in {table}: {detail}. Stop Node-RED, keep a copy, then: percept restore',
    ko: '저장소 {store}의 {table}이(가) 손상되었습니다: {detail}. Node-RED를 멈추고 사본을 남긴 뒤 percept restore를 실행하세요',
  },
});

export async function checkStore(store: StoreHandle): Promise<Finding[]> {
  const began = performance.now();
  try {
    const problems = await store.check();
    const found = problems.map((problem) => fail(say('problem', { store: store.label, ...problem })));
    if (found.length > 0) return found;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    return [ok(say('whole', { store: store.label, seconds, ...(await size(store)) }))];
  } catch (thrown) {
    return [failed(thrown)];
  }
}

async function size({ db }: StoreHandle): Promise<{ sources: number; rows: number }> {
  const { sources } = await db
    .selectFrom('source')
    .select((of) => of.fn.countAll().as('sources'))
    .executeTakeFirstOrThrow();
  const last = await db.selectFrom('reading').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return { sources: Number(sources), rows: last?.id ?? 0 };
}
