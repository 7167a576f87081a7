import { type Language, language, type Spectrogram } from '../../kit/index.js';
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
    'en-US': 'It is {amount} dB louder than normal all over. If the microphone was moved, learn again.',
    ko: '모든 대역이 평소보다 {amount} dB 큽니다. 마이크를 옮겼다면 다시 학습하세요.',
  },
  'all-quieter': {
    'en-US': 'It is {amount} dB quieter than normal all over. If the microphone was moved, learn again.',
    ko: '모든 대역이 평소보다 {amount} dB 작습니다. 마이크를 옮겼다면 다시 학습하세요.',
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
  for (const sign of [1, -1]) {
    const same = levels.filter(({ amount }) => sign * amount >= audible);
    if (same.length < allOver * levels.length) continue;
    const amount = Math.round(median(same.map((off) => Math.abs(off.amount))));
    return [say(sign > 0 ? 'all-louder' : 'all-quieter', { amount })];
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

function goesOn(before: Off, { feature, amount }: Off): boolean {
  return before.feature.channel === feature.channel && before.amount > 0 === amount > 0;
}

function otherReasons(offs: readonly Off[], several: boolean): string[] {
  return offs
    .filter(({ feature, deviations }) => feature.kind !== 'level' && Math.abs(deviations) >= remarkable)
    .sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations))
    .map((off) => {
      const { feature } = off;
      if (feature.kind === 'relation')
        return say('relation', { channel: feature.channel + 1, other: feature.other + 1 });
      return say(off.amount > 0 ? 'unsteady' : 'steady', { where: place([off], several) });
    })
    .slice(0, 2);
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
  const features = group.map(({ feature }) => feature).filter((feature) => feature.kind !== 'relation');
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

/** 2,104 Hz -> `2.1 kHz`; 29.4 Hz -> `29 Hz`. */
function hertz(value: number): string {
  return value >= 1000 ? `${digits(value / 1000)} kHz` : `${digits(value)} Hz`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function say(key: keyof typeof texts, params: Readonly<Record<string, string | number>>): string {
  return texts[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
