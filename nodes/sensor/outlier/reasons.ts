import { type Language, language } from '../../kit/index.js';
import type { Comparison, Kind, SensorFinding } from './contract.js';

type Texts = Readonly<Record<Language, string>>;

const what: Readonly<Record<Kind, Texts>> = {
  outlier: {
    'en-US': '{channel}: {seen}; {low} to {high} would have been usual.',
    ko: '{channel}: {seen}. 평소라면 {low}~{high}입니다.',
  },
  stuck: {
    'en-US': '{channel} has repeated one value for {seen}; {high} at most would have been usual.',
    ko: '{channel}: 같은 값이 {seen} 동안 반복되었습니다. 평소에는 길어야 {high}입니다.',
  },
  silent: {
    'en-US': '{channel} has been silent for {seen}; {high} at most would have been usual.',
    ko: '{channel}: {seen} 동안 값이 오지 않았습니다. 평소에는 길어야 {high}입니다.',
  },
  quantised: {
    'en-US': '{channel} shows only {seen} different values in 64 rows; at least {low} would have been usual.',
    ko: '{channel}: 64개 행에 서로 다른 값이 {seen}개뿐입니다. 평소에는 적어도 {low}개입니다.',
  },
  drift: {
    'en-US': '{channel} has crept the same way and is at {seen}; {low} to {high} would have been usual.',
    ko: '{channel}: 한 방향으로 천천히 움직여 {seen}에 이르렀습니다. 평소라면 {low}~{high}입니다.',
  },
  range: {
    'en-US': '{channel}: {seen} lies outside its physical range, {low} to {high}.',
    ko: '{channel}: {seen}은(는) 물리적 범위 {low}~{high}를 벗어났습니다.',
  },
};

const comparedWith: Readonly<Record<Comparison, Texts>> = {
  'time-of-day': {
    'en-US': 'Compared with the same time of the day on the days before.',
    ko: '이전 날들의 같은 시각과 비교했습니다.',
  },
  'part-of-day': {
    'en-US': 'The mean of the last three hours differs from that of the same hours on the days before.',
    ko: '지난 세 시간의 평균이 이전 날들의 같은 시간대와 다릅니다.',
  },
  'row-before': {
    'en-US': 'It has jumped farther from the row before than it usually does.',
    ko: '바로 앞의 행에서 평소보다 크게 뛰었습니다.',
  },
  'stretches-8': {
    'en-US': 'The last 8 rows resemble no stretch of the past.',
    ko: '최근 8개 행이 과거의 어느 구간과도 닮지 않았습니다.',
  },
  'stretches-32': {
    'en-US': 'The last 32 rows resemble no stretch of the past.',
    ko: '최근 32개 행이 과거의 어느 구간과도 닮지 않았습니다.',
  },
  'stretches-128': {
    'en-US': 'The last 128 rows resemble no stretch of the past.',
    ko: '최근 128개 행이 과거의 어느 구간과도 닮지 않았습니다.',
  },
  'stretches-512': {
    'en-US': 'The last 512 rows resemble no stretch of the past.',
    ko: '최근 512개 행이 과거의 어느 구간과도 닮지 않았습니다.',
  },
  middle: {
    'en-US': 'It lies farther from the middle of all values than they usually do.',
    ko: '모든 값의 중앙에서 평소보다 멀리 떨어져 있습니다.',
  },
  activity: {
    'en-US': 'It moves much more, or much less, than it usually does.',
    ko: '평소보다 훨씬 많이 또는 훨씬 적게 움직입니다.',
  },
  level: {
    'en-US': 'It has left its level, {amount} times as far as it usually wanders.',
    ko: '평소 움직이는 폭의 {amount}배만큼 원래 수준을 벗어났습니다.',
  },
  channels: {
    'en-US': 'The channels do not go together as they usually do; this one fits least.',
    ko: '채널들이 평소처럼 함께 움직이지 않습니다. 이 채널이 가장 맞지 않습니다.',
  },
  limits: { 'en-US': 'Compared with the limits that were set.', ko: '설정한 한계와 비교했습니다.' },
  pauses: {
    'en-US': 'Compared with the longest so far, and with what chance explains.',
    ko: '지금까지 가장 길었던 것과, 우연으로 설명되는 정도와 비교했습니다.',
  },
  resolution: {
    'en-US': 'Compared with how finely it resolved the same range before.',
    ko: '이전에 같은 범위를 얼마나 세밀하게 나타냈는지와 비교했습니다.',
  },
};

const also: Texts = {
  'en-US': 'With it, also unusual: {others}.',
  ko: '함께 평소와 다른 채널: {others}.',
};
const measure: Texts = {
  'en-US': 'Score {score}, threshold {threshold}.',
  ko: '점수 {score}, 기준 {threshold}.',
};
const source: Texts = { 'en-US': 'The source', ko: '이 소스' };
const units: Readonly<Record<Language, readonly string[]>> = {
  'en-US': [' s', ' min', ' h', ' days'],
  ko: ['초', '분', '시간', '일'],
};
const lengths = [1000, 60_000, 3_600_000, 86_400_000];

/**
 * A finding in words, most important first: what was seen, compared with what, and its score.
 * @param unit of the channel, as its readings give it
 */
export function reasonsOf(finding: SensorFinding, { unit = '', lang = language() } = {}): string[] {
  const { kind, channel, others, seen, expected, compared, score, threshold } = finding;
  const lasting = kind === 'stuck' || kind === 'silent';
  const counted = kind === 'quantised';
  const show = (value: number): string => {
    if (lasting) return duration(value, lang);
    return counted || unit === '' ? number(value) : `${number(value)} ${unit}`;
  };
  const fill = (texts: Texts): string =>
    texts[lang].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const values: Readonly<Record<string, string>> = {
    others: others.join(', '),
    channel: channel === '' ? source[lang] : channel,
    seen: show(seen),
    low: show(expected.low),
    high: show(expected.high),
    // the level's score is how far it went, in times of how far it usually is
    amount: number(Math.abs(score)),
    score: number(score),
    threshold: number(threshold),
  };
  const reasons = [fill(what[kind]), fill(comparedWith[compared]), ...(others.length > 0 ? [fill(also)] : [])];
  return kind === 'outlier' ? [...reasons, fill(measure)] : reasons;
}

/** Four digits: what lies beyond helps nobody. */
function number(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

function duration(ms: number, lang: Language): string {
  if (!Number.isFinite(ms)) return '∞';
  const i = Math.max(
    0,
    lengths.findLastIndex((length) => ms >= 2 * length),
  );
  return `${number(ms / (lengths[i] as number))}${units[lang][i]}`;
}
