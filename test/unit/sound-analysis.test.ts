import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Analysis, type AnalysisSettings, framesIn } from '../../dist/sound/analysis.js';
import { hertzOf, makeBands, melOf, sumBands } from '../../dist/sound/bands.js';
import { silence, toDecibels } from '../../dist/sound/decibels.js';
import { fftSize } from '../../dist/sound/fft.js';
import { parkMiller, referenceSound } from '../support/sound-signals.ts';

/*
 * The figures come from scipy 1.17.1 and numpy 2.4.6, in double precision, with the same sound as `referenceSound`:
 *   f, t, S = scipy.signal.spectrogram(x, fs, 'hann', window, window - hop, nfft, 'constant', scaling='spectrum')
 *   p = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1); k = np.arange(nfft // 2 + 1) * fs / nfft
 *   W[i] = max(0, min((k - p[i]) / (p[i + 1] - p[i]), (p[i + 2] - k) / (p[i + 2] - p[i + 1]))); 10 * log10(S.T @ W.T)
 */
const frame3 = [
  8.47717807e-6, 9.19490171e-6, 8.60617507e-6, 3.21347498e-5, 7.19634569e-5, 0.0124405506, 0.0283055864, 0.00395662797,
];
const frame9from20 = [
  3.78760677e-6, 3.98268529e-5, 6.74121983e-5, 0.00503977029, 0.0968486292, 0.0821670684, 0.0022691972, 4.57051505e-5,
  1.97083379e-5, 1.50815242e-5, 4.47076579e-6, 3.5323634e-6,
];
const mels = {
  0: [
    -13.814657, -22.018027, -39.261637, -11.628961, -9.483947, -38.540682, -38.021701, -35.025928, -36.220077,
    -36.128004, -35.154235, -32.241428, -35.422927, -34.398836, -32.431588, -30.747107,
  ],
  9: [
    -14.1279, -21.232246, -39.548053, -11.501095, -9.363032, -37.838207, -36.048917, -37.562802, -34.118161, -34.835148,
    -36.425477, -34.402257, -33.919472, -31.904274, -31.457944, -30.851198,
  ],
};
const vibration2 = [
  0.000606456582, 0.00767490692, 0.0414154564, 0.118447751, 0.0613965895, 0.0051207014, 0.000124526527, 0.000156949876,
  1.05207964e-5, 3.76891151e-5, 4.48334066e-5, 2.43787927e-5, 0.000110874152, 0.000247452713, 0.000691068555,
  0.000634076981, 0.00039081294, 0.000358783, 0.000471449108, 0.000362216038, 0.0002448702, 0.000141931261,
  5.52065135e-6, 0.00018039192, 0.000263507543, 0.000191833901, 0.00018776564, 0.000209509685, 0.000109401068,
  6.22721747e-5, 0.000167228944, 0.000126133225, 4.85125594e-5,
];
const mel96k = [
  -42.914279, -26.985776, -13.439581, -33.048594, -38.048094, -7.863469, -16.130988, -34.748103, -33.452588, -31.944031,
  -30.586102, -28.977032,
];

const sound: AnalysisSettings = {
  sampleRate: 16_000,
  window: 512,
  hop: 160,
  scale: 'linear',
  bands: 0,
  low: 0,
  high: 0,
};

async function levelsOf(settings: AnalysisSettings, samples: Float32Array): Promise<number[][]> {
  const analysis = await Analysis.open(settings);
  try {
    const levels = analysis.spectrogram(samples);
    const width = analysis.bands.centres.length;
    return Array.from({ length: levels.length / width }, (_, i) => [...levels.subarray(i * width, (i + 1) * width)]);
  } finally {
    analysis.free();
  }
}

/** The largest difference, as a part of the largest figure. */
function difference(found: readonly number[], expected: readonly number[]): number {
  const most = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value))) / most;
}

const powers = (levels: readonly number[] = []): number[] => levels.map((level) => 10 ** (level / 10));

test("the power of each bin is scipy's to 1e-5", async () => {
  const rows = await levelsOf(sound, referenceSound(2000));
  assert.equal(rows.length, 10);
  assert.ok(difference(powers(rows[3]).slice(0, 8), frame3) < 1e-5);
  assert.ok(difference(powers(rows[9]).slice(20, 32), frame9from20) < 1e-5);
});

test("log-mel bands are scipy's to 1e-5, also at 96 kHz", async () => {
  const rows = await levelsOf({ ...sound, scale: 'mel', bands: 16, low: 50, high: 8000 }, referenceSound(2000));
  assert.ok(difference(rows[0] ?? [], mels[0]) < 1e-5);
  assert.ok(difference(rows[9] ?? [], mels[9]) < 1e-5);
  const wide = { ...sound, sampleRate: 96_000, window: 2000, hop: 1000, bands: 12, low: 20 };
  const high = await levelsOf({ ...wide, scale: 'mel' }, referenceSound(6000));
  assert.ok(difference(high[4] ?? [], mel96k) < 1e-5);
});

test('a window of vibration that no fast transform fits is filled up with zeros', async () => {
  const settings = { ...sound, sampleRate: 200, window: 50, hop: 25 };
  const rows = await levelsOf(settings, referenceSound(200));
  assert.equal(rows.length, 7);
  assert.ok(difference(powers(rows[2]), vibration2) < 1e-5);
});

test('sizes are multiples of 32 with small factors, never below the window', () => {
  assert.deepEqual(
    [1, 32, 33, 200, 224, 800, 1000, 1024, 1025, 4800].map(fftSize),
    [32, 32, 64, 256, 256, 800, 1024, 1024, 1152, 4800],
  );
});

test('a sine of full scale reads -3 dB, a constant nothing', async () => {
  const tone = await levelsOf(
    sound,
    Float32Array.from({ length: 512 }, (_, i) => Math.sin((2 * Math.PI * 64 * i) / 512)),
  );
  assert.ok(Math.abs((tone[0]?.[64] ?? 0) + 3.0103) < 1e-4);
  const constant = await levelsOf(sound, new Float32Array(512).fill(0.7));
  assert.ok(Math.max(...(constant[0] ?? [])) < -120);
  assert.deepEqual(new Set((await levelsOf(sound, new Float32Array(512)))[0]), new Set([silence]));
});

test('the mel scale is that of HTK: 1000 mel at 1000 Hz', () => {
  assert.ok(Math.abs(melOf(1000) - 1000) < 0.02);
  assert.ok(Math.abs(hertzOf(melOf(4321)) - 4321) < 1e-9);
});

test('no band is empty, however many there are', () => {
  const bands = makeBands({ scale: 'mel', bands: 128, low: 0, high: 0 }, 16_000, 512);
  const sums = new Float32Array(128);
  sumBands(bands, new Float32Array(257).fill(1), sums);
  assert.ok(Math.min(...sums) > 0);
});

test('decibels are those of the logarithm, over all that single precision holds above silence', () => {
  const powers = Float32Array.from({ length: 4000 }, (_, i) => 10 ** (-14 + i / 100));
  const levels = new Float32Array(4001);
  toDecibels(powers.slice(), levels, 1);
  for (const [i, power] of powers.entries())
    assert.ok(Math.abs((levels[i + 1] as number) - Math.max(silence, 10 * Math.log10(power))) < 2e-5);
  toDecibels(Float32Array.from([0, -1, Number.NaN]), levels, 0);
  assert.deepEqual([...levels.subarray(0, 3)], [silence, silence, silence]);
});

test('only whole windows count', () => {
  assert.deepEqual(
    [511, 512, 671, 672].map((samples) => framesIn(samples, sound)),
    [0, 1, 1, 2],
  );
});

test('many sizes at once do not disturb one another', async () => {
  const noise = parkMiller(7);
  const samples = Float32Array.from({ length: 40_000 }, noise);
  const [before] = await levelsOf(sound, samples);
  const first = await Analysis.open(sound);
  const others = await Promise.all([1024, 4800, 16_384, 32_768].map((window) => Analysis.open({ ...sound, window })));
  for (const other of others) other.spectrogram(samples);
  const found = first.spectrogram(samples);
  assert.deepEqual([...found.subarray(0, 257)], before);
  for (const analysis of [first, ...others]) analysis.free();
});
