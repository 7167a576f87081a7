import type { Language } from '../shared/language.ts';

/** What a network may say of a machine, in the words of who mends it. */
export const conditions: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  normal: { 'en-US': 'Normal', ko: '정상' },
  imbalance: { 'en-US': 'Imbalance', ko: '불평형' },
  misalignment: { 'en-US': 'Misalignment', ko: '축 정렬 불량' },
  looseness: { 'en-US': 'Looseness', ko: '풀림' },
  'bearing-outer': { 'en-US': 'Bearing, outer race', ko: '베어링 외륜' },
  'bearing-inner': { 'en-US': 'Bearing, inner race', ko: '베어링 내륜' },
  'bearing-ball': { 'en-US': 'Bearing, ball', ko: '베어링 볼' },
  'bearing-cage': { 'en-US': 'Bearing, cage', ko: '베어링 케이지' },
  'gear-mesh': { 'en-US': 'Gear mesh worn', ko: '기어 맞물림 마모' },
  'gear-tooth': { 'en-US': 'Gear tooth broken', ko: '기어 이 파손' },
  cavitation: { 'en-US': 'Cavitation', ko: '캐비테이션' },
  'flow-noise': { 'en-US': 'Flow noise', ko: '유동 소음' },
  'belt-slip': { 'en-US': 'Belt slips', ko: '벨트 미끄러짐' },
  hum: { 'en-US': 'Electrical hum', ko: '전기 험' },
  rub: { 'en-US': 'Rub', ko: '접촉(러빙)' },
  'valve-leak': { 'en-US': 'Valve leaks', ko: '밸브 누설' },
  stall: { 'en-US': 'Motor stalls', ko: '모터 정지(스톨)' },
  off: { 'en-US': 'Off', ko: '꺼짐' },
};

/** A class that another network has is shown as it is called. */
export function conditionWord(condition: string, language: Language): string {
  return conditions[condition]?.[language] ?? condition;
}
