import { type Language, language } from '../../kit/index.js';

/** The conditions of machines by the names that models and the simulation use. */
const names: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  normal: { 'en-US': 'Normal', ko: '정상' },
  imbalance: { 'en-US': 'Imbalance', ko: '불평형' },
  misalignment: { 'en-US': 'Misaligned shafts', ko: '축 정렬 불량' },
  looseness: { 'en-US': 'Something loose', ko: '풀림(느슨함)' },
  'bearing-outer': { 'en-US': 'Outer race of a bearing', ko: '베어링 외륜 결함' },
  'bearing-inner': { 'en-US': 'Inner race of a bearing', ko: '베어링 내륜 결함' },
  'bearing-ball': { 'en-US': 'Ball of a bearing', ko: '베어링 볼 결함' },
  'bearing-cage': { 'en-US': 'Cage of a bearing', ko: '베어링 케이지 결함' },
  'gear-mesh': { 'en-US': 'Worn gear mesh', ko: '기어 맞물림 마모' },
  'gear-tooth': { 'en-US': 'Broken gear tooth', ko: '기어 이 파손' },
  cavitation: { 'en-US': 'Cavitation', ko: '캐비테이션' },
  'flow-noise': { 'en-US': 'Turbulent flow', ko: '난류 소음' },
  'belt-slip': { 'en-US': 'Slipping belt', ko: '벨트 미끄러짐' },
  hum: { 'en-US': 'Electrical hum', ko: '전기적 험' },
  rub: { 'en-US': 'Something rubs', ko: '마찰(러빙)' },
  'valve-leak': { 'en-US': 'Leaking valve', ko: '밸브 누설' },
  stall: { 'en-US': 'Stalled motor', ko: '모터 스톨' },
  off: { 'en-US': 'Switched off', ko: '꺼짐' },
};

export const normal = 'normal';
/** Standing still is no fault, though it may be none of what was expected. */
export const off = 'off';

/** In words; a label that is none of ours as it is. */
export function inWords(label: string): string {
  return (Object.hasOwn(names, label) ? names[label]?.[language()] : undefined) ?? label;
}
