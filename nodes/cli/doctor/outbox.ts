import { findOutboxes } from '../../sensor/gateway/outbox-find.js';
import { lookInto, type OutboxState, withCopy } from '../../sensor/gateway/outbox-look.js';
import { speaker } from '../texts.js';
import { type Finding, failed, ok, warn } from './findings.js';

const say = speaker({
  empty: {
    'en-US': 'The outbox {outbox} is whole; no reading waits in it, {sent} were sent',
    ko: '보관함 {outbox} 정상: 대기 중인 측정값 없음, {sent}개 전송됨',
  },
  waiting: {
    'en-US': 'The outbox {outbox} is whole; {waiting} readings wait in it, measured from {oldest} on',
    ko: '보관함 {outbox} 정상: {oldest}부터 측정된 {waiting}개 대기 중',
  },
  stalled: {
    'en-US':
      'The outbox {outbox} is whole, but {waiting} readings wait in it, measured from {oldest} on. The status of its gateway says what is wrong with the line; if Node-RED does not run, start it. Nothing is lost meanwhile',
    ko: '보관함 {outbox}은(는) 정상이지만 {oldest}부터 측정된 {waiting}개가 대기 중입니다. gateway의 상태에서 연결 문제를 확인하고, Node-RED가 꺼져 있으면 시작하세요. 그동안 잃는 것은 없습니다',
  },
  went: {
    'en-US':
      'From the outbox {outbox} {went} readings went unsent because it was full, the last measured at {last}. Raise its limits, or give priorities',
    ko: '보관함 {outbox}이(가) 가득 차서 측정값 {went}개를 보내지 못하고 버렸습니다(마지막 측정: {last}). 한도를 늘리거나 우선순위를 정하세요',
  },
  letters: {
    'en-US':
      'In the outbox {outbox} {letters} readings are kept that the broker would never take; its gateway gave them out with the reason',
    ko: '보관함 {outbox}에 브로커가 받지 않는 측정값 {letters}개가 보관되어 있습니다. gateway가 이유와 함께 내보냈습니다',
  },
  aside: {
    'en-US':
      'A damaged outbox was set aside as {path}. SQLite\'s ".recover" may save readings from it; delete it when it is not needed',
    ko: '손상된 보관함을 {path}(으)로 옮겨 두었습니다. SQLite의 ".recover"로 측정값을 살릴 수 있으며, 필요 없으면 삭제하세요',
  },
});

/** Longer than any batch is gathered on an ordinary line. */
const stalledAfter = 600_000;
const week = 7 * 86_400_000;

/** What waits in the gateways of a user directory; they may be running. */
export async function checkOutboxes(userDir: string): Promise<Finding[]> {
  const { outboxes, aside } = await findOutboxes(userDir);
  const findings: Finding[] = [];
  for (const outbox of outboxes) {
    try {
      findings.push(...judge(outbox, await withCopy(outbox, (copy) => lookInto(copy, outbox))));
    } catch (thrown) {
      findings.push(failed(thrown));
    }
  }
  return [...findings, ...aside.map((path) => warn(say('aside', { path })))];
}

function judge(outbox: string, { waiting, oldest, sent, letters, went, lastWent }: OutboxState): Finding[] {
  const now = Date.now();
  const found: Finding[] = [];
  if (oldest === undefined) found.push(ok(say('empty', { outbox, sent })));
  else {
    const facts = { outbox, waiting, oldest: iso(oldest) };
    found.push(now - oldest > stalledAfter ? warn(say('stalled', facts)) : ok(say('waiting', facts)));
  }
  if (lastWent !== undefined && now - lastWent < week)
    found.push(warn(say('went', { outbox, went, last: iso(lastWent) })));
  if (letters > 0) found.push(warn(say('letters', { outbox, letters })));
  return found;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
