import { type Language, language, type Spectrogram } from '../../kit/index.js';
import { digits, hertz } from '../hertz.js';
import type { Feature } from './features.js';
import { standardised } from './fit.js';
import type { Learned } from './model.js';
import { newTones, sidebandsOf } from './tones.js';

type Texts = Readonly<Record<Language, string>>;

const texts = {
  louder: { 'en-US': '{where} is {amount} dB louder than normal.', ko: '{where} 대역이 평소보다 {amount} dB 큽니다.' },
  quieter: {
    'en-US': '{where} is {amount} dB quieter than normal.',
    ko: '{where} 대역이 평소보다 {amount} dB 작습니다.',
  },
  'all-louder': {
    'en-US': 'It is {amount} dB louder than normal all over.',
    ko: '모든 대역이 평소보다 {amount} dB 큽니다.',
  },
  'all-quieter': {
    'en-US': 'It is {amount} dB quieter than normal all over.',
    ko: '모든 대역이 평소보다 {amount} dB 작습니다.',
  },
  'highs-louder': {
    'en-US': 'It is louder than normal towards the highs, by {amount} dB at the top.',
    ko: '고음으로 갈수록 평소보다 커집니다(가장 높은 대역에서 {amount} dB).',
  },
  'highs-quieter': {
    'en-US': 'It is quieter than normal towards the highs, by {amount} dB at the top.',
    ko: '고음으로 갈수록 평소보다 작아집니다(가장 높은 대역에서 {amount} dB).',
  },
  moved: {
    'en-US': 'All bands go alike: the microphone may have been moved or turned. If so, put it back or learn again.',
    ko: '모든 대역이 함께 변했습니다. 마이크를 옮기거나 돌렸을 수 있습니다. 그렇다면 제자리에 두거나 다시 학습하세요.',
  },
  unsteady: {
    'en-US': '{where} goes up and down more than normal.',
    ko: '{where} 대역의 변동이 평소보다 큽니다.',
  },
  steady: { 'en-US': '{where} goes up and down less than normal.', ko: '{where} 대역의 변동이 평소보다 작습니다.' },
  relation: {
    'en-US': 'Channels {other} and {channel} do not move together as they normally do.',
    ko: '채널 {other}과(와) {channel}의 움직임 관계가 평소와 다릅니다.',
  },
  stronger: {
    'en-US': 'All of {where} is {amount} dB stronger than normal.',
    ko: '{where} 전체가 평소보다 {amount} dB 강합니다.',
  },
  weaker: {
    'en-US': 'All of {where} is {amount} dB weaker than normal.',
    ko: '{where} 전체가 평소보다 {amount} dB 약합니다.',
  },
  sidebands: {
    'en-US':
      'There are sidebands {apart} Hz apart around {carrier}: something turns or strikes {apart} times a second.',
    ko: '{carrier} 주위에 {apart} Hz 간격의 측대역이 있습니다. 초당 {apart}번 돌거나 부딪히는 부분이 있습니다.',
  },
  tone: { 'en-US': 'There is a tone at {where} that was not there.', ko: '{where}에 전에 없던 음이 있습니다.' },
  mixture: {
    'en-US': 'No band alone is far from normal; together they do not occur like this.',
    ko: '한 대역만 보면 정상에 가깝지만 이런 조합은 나타난 적이 없습니다.',
  },
  channel: { 'en-US': 'channel {channel}', ko: '채널 {channel}' },
} as const satisfies Readonly<Record<string, Texts>>;

/** Deviations from which a feature is worth a word, and decibels from which anybody hears it. */
const remarkable = 3;
const audible = 2;
const mostReasons = 4;
/** Share of the bands that must go the same way to say "all over". */
const allOver = 0.8;

interface Off {
  readonly feature: Feature;
  /** In dB, or what else the feature is in; and in deviations. */
  readonly amount: number;
  readonly deviations: number;
}

/**
 * Why a stretch is strange, in words, most important first.
 * @param features as they were scored: without drift
 */
export function reasonsOf(learned: Learned, features: Float64Array, { lines }: Pick<Spectrogram, 'lines'>): string[] {
  const { mean, deviation } = learned.normal;
  const deviations = standardised(features, mean, deviation);
  const offs = learned.features.map((feature, i) => ({
    feature,
    amount: (features[i] as number) - (mean[i] as number),
    deviations: deviations[i] as number,
  }));
  const several = learned.card.form.channels > 1;
  const byBand = [...levelReasons(offs, several), ...otherReasons(offs, several)];
  const found = [...byBand.slice(0, mostReasons - 1), ...toneReasons(learned, lines, several)];
  return (found.length > 0 ? found : [say('mixture', {})]).slice(0, mostReasons);
}

function levelReasons(offs: readonly Off[], several: boolean): string[] {
  const levels = offs.filter(({ feature }) => feature.kind === 'level');
  const amounts = levels.map(({ amount }) => amount);
  const isMoved = goAlike(amounts);
  const { first, last } = lineThrough(amounts);
  if (isMoved && !several && Math.abs(last - first) > Math.abs(last) / 2 && Math.abs(last) > Math.abs(first)) {
    const amount = Math.round(Math.abs(last));
    return [say(last > 0 ? 'highs-louder' : 'highs-quieter', { amount }), say('moved', {})];
  }
  for (const sign of [1, -1]) {
    const same = levels.filter(({ amount }) => sign * amount >= audible);
    if (same.length < allOver * levels.length) continue;
    const amount = Math.round(median(same.map((off) => Math.abs(off.amount))));
    return [say(sign > 0 ? 'all-louder' : 'all-quieter', { amount }), ...(isMoved ? [say('moved', {})] : [])];
  }
  const clear = levels.map((off) => Math.abs(off.deviations) >= remarkable && Math.abs(off.amount) >= audible);
  const groups: Off[][] = [];
  for (const [i, off] of levels.entries()) {
    if (!clear[i]) continue;
    const group = groups.at(-1);
    if (group && clear[i - 1] && goesOn(group.at(-1) as Off, off)) group.push(off);
    else groups.push([off]);
  }
  return groups
    .map((group) => ({ group, peak: group.reduce((a, b) => (Math.abs(b.amount) > Math.abs(a.amount) ? b : a)) }))
    .sort((a, b) => Math.abs(b.peak.deviations) - Math.abs(a.peak.deviations))
    .map(({ group, peak }) =>
      say(peak.amount > 0 ? 'louder' : 'quieter', {
        where: place(group, several),
        amount: Math.round(Math.abs(peak.amount)),
      }),
    );
}

/** dB, and share of the whole change, by which a band may go its own way. */
const alike = { least: 1, share: 0.2 };
/** dB that a band changes by at least where a microphone has been moved. */
const moved = 3;

/**
 * Nearer, farther or turned, a microphone hears every band louder or quieter by much the same, the highs by a little more or
 * less: along a line over the bands. A fault changes some bands and not others.
 */
function goAlike(amounts: readonly number[]): boolean {
  if (amounts.length < 8) return false;
  const { first, last, off } = lineThrough(amounts);
  const largest = Math.max(Math.abs(first), Math.abs(last));
  // one end up and the other down is another sound, not the same one from elsewhere
  const sameWay = first * last > 0 || Math.min(Math.abs(first), Math.abs(last)) < audible;
  return largest >= moved && sameWay && off <= Math.max(alike.least, alike.share * largest);
}

/** The line of least squares, at both ends, and how far nine in ten values are from it at most. */
function lineThrough(values: readonly number[]): { first: number; last: number; off: number } {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = values.reduce((sum, value, i) => sum + (i - middle) * value, 0) / squares;
  const offs = values.map((value, i) => Math.abs(value - mean - slope * (i - middle))).sort((a, b) => a - b);
  return {
    first: mean - slope * middle,
    last: mean + slope * middle,
    off: offs[Math.floor(0.9 * (offs.length - 1))] as number,
  };
}

function goesOn(before: Off, { feature, amount }: Off): boolean {
  return before.feature.channel === feature.channel && before.amount > 0 === amount > 0;
}

function otherReasons(offs: readonly Off[], several: boolean): string[] {
  return offs
    .filter(({ feature, deviations }) => isTold(feature) && Math.abs(deviations) >= remarkable)
    .sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations))
    .map((off) => {
      const { feature } = off;
      if (feature.kind === 'relation')
        return say('relation', { channel: feature.channel + 1, other: feature.other + 1 });
      if (feature.kind === 'power')
        return say(off.amount > 0 ? 'stronger' : 'weaker', {
          where: say('channel', { channel: feature.channel + 1 }),
          amount: Math.round(Math.abs(off.amount)),
        });
      return say(off.amount > 0 ? 'unsteady' : 'steady', { where: place([off], several) });
    })
    .slice(0, 2);
}

/** Levels have their own words, and what goes with a channel's power says nothing more. */
function isTold({ kind }: Feature): boolean {
  return kind !== 'level' && kind !== 'jerk';
}

function toneReasons({ tones }: Learned, lines: Spectrogram['lines'], several: boolean): string[] {
  return lines.flatMap((own, channel) => {
    const usual = tones[channel];
    if (!usual) return [];
    const fresh = newTones(own, usual);
    const sidebands = sidebandsOf(own, usual.width);
    const isNew = fresh.some(
      ({ frequency }) =>
        Math.abs(Math.abs(frequency - (sidebands?.carrier ?? 0)) - (sidebands?.apart ?? 0)) <= usual.width,
    );
    if (sidebands && isNew)
      return [say('sidebands', { apart: digits(sidebands.apart), carrier: at(sidebands.carrier, channel, several) })];
    const [strongest] = fresh;
    return strongest ? [say('tone', { where: at(strongest.frequency, channel, several) })] : [];
  });
}

function place(group: readonly Off[], several: boolean): string {
  const features = group.map(({ feature }) => feature).filter((feature) => 'low' in feature);
  const [low, high] = [features[0]?.low ?? 0, features.at(-1)?.high ?? 0];
  const range = hertz(low) === hertz(high) ? hertz(low) : `${hertz(low)} – ${hertz(high)}`;
  return withChannel(range, features[0]?.channel ?? 0, several);
}

function at(frequency: number, channel: number, several: boolean): string {
  return withChannel(hertz(frequency), channel, several);
}

function withChannel(text: string, channel: number, several: boolean): string {
  return several ? `${text} (${say('channel', { channel: channel + 1 })})` : text;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function say(key: keyof typeof texts, params: Readonly<Record<string, string | number>>): string {
  return texts[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
