import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eigenOf } from '../../dist/sound/normal/eigen.js';
import { featureNames } from '../../dist/sound/normal/features.js';
import { fitNormal, scoreOf } from '../../dist/sound/normal/fit.js';
import { matrixOf, rowOf } from '../../dist/sound/normal/matrix.js';
import { Spectrograms } from '../../dist/sound/spectrogram.js';
import { feeling, hearing, rowsOf, viewsFor } from '../support/sound-features.ts';
import { pcmOf, stretchesOf } from '../support/sound-recordings.ts';
import { aucOf, pAucOf } from '../support/sound-scoring.ts';
import { parkMiller, sampleMachine } from '../support/sound-signals.ts';

test('eigenvectors are orthogonal and solve their equation, also of a matrix with a plane in it', () => {
  const random = parkMiller(3);
  for (const n of [1, 2, 3, 7, 40]) {
    const values = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) values[i * n + j] = values[j * n + i] = random();
    if (n === 7) for (let i = 0; i < n; i++) values[i * n + 2] = values[2 * n + i] = 0;
    const matrix = { rows: n, columns: n, values };
    const { values: lengths, vectors } = eigenOf(matrix);
    for (let k = 0; k < n; k++) {
      const vector = rowOf(vectors, k);
      for (let i = 0; i < n; i++) {
        const product = rowOf(matrix, i).reduce((sum, value, j) => sum + value * (vector[j] as number), 0);
        assert.ok(Math.abs(product - (lengths[k] as number) * (vector[i] as number)) < 1e-12);
      }
      for (let other = 0; other <= k; other++) {
        const along = rowOf(vectors, other).reduce((sum, value, j) => sum + value * (vector[j] as number), 0);
        assert.ok(Math.abs(along - (other === k ? 1 : 0)) < 1e-12);
      }
      assert.ok(k === 0 || (lengths[k] as number) <= (lengths[k - 1] as number));
    }
  }
});

test('what was never heard scores beyond what was heard, by recordings that were not learned', async () => {
  const { normal, strange } = sampleMachine();
  const [first = [], second = [], third = []] = await Promise.all(
    normal.map((recording) => rowsOf(stretchesOf(recording, 1))),
  );
  const model = fitNormal([...first, ...second]);
  const usual = third.map((row) => scoreOf(model, row));
  const odd = (await rowsOf(strange.flatMap((recording) => stretchesOf(recording, 1)))).map((row) =>
    scoreOf(model, row),
  );
  assert.ok(aucOf(usual, odd) > 0.9999);
  assert.ok(Math.min(...odd) > 3 * Math.max(...usual));
  assert.equal(model.calibration.length, 24);
});

test('a state counts as normal as far as it fills the time: a tenth does, a moment does not', () => {
  const random = parkMiller(5);
  const around = (level: number): Float64Array => Float64Array.from({ length: 6 }, () => level + random());
  const learned = (standing: number) =>
    fitNormal(Array.from({ length: 200 }, (_, i) => around(i % 200 < standing ? -40 : 0)));
  const standing = around(-40);
  assert.ok(scoreOf(learned(100), standing) < 1.5);
  assert.ok(scoreOf(learned(4), standing) > 3);
});

test('a level that never changed is no reason to be strange by less than a microphone resolves', () => {
  const same = Array.from({ length: 30 }, () => new Float64Array([-40, -50]));
  const random = parkMiller(9);
  const model = fitNormal(same.map((row) => row.map((value) => value + 0.1 * random())));
  assert.ok(scoreOf(model, new Float64Array([-30, -50])) > scoreOf(model, new Float64Array([-39.9, -50])));
});

test('what changes a little in every band is lost among the bands and found in their sum', async () => {
  const random = parkMiller(17);
  // the sum of a few is as good as Gaussian
  const noise = (): number => random() + random() + random() + random();
  const windows = (count: number, gain: number) =>
    Array.from({ length: count }, () => {
      const channels = [0, 1, 2].map(() => Float32Array.from({ length: 200 }, () => gain * noise()));
      return { name: '', sampleRate: 200, channels };
    });
  const learned = windows(60, 1);
  const [usual, odd] = [await rowsOf(windows(40, 1), feeling), await rowsOf(windows(40, 1.15), feeling)];
  const rows = await rowsOf(learned, feeling);
  const views = await viewsFor(learned, feeling);
  const areaOf = (model: ReturnType<typeof fitNormal>): number =>
    aucOf(...([usual, odd].map((part) => part.map((row) => scoreOf(model, row))) as [number[], number[]]));
  const [bands] = views;
  const apart = areaOf(fitNormal(rows, [bands as number[]]));
  const together = areaOf(fitNormal(rows, views));
  assert.equal(views.length, 2);
  assert.ok(together > apart + 0.05 && together > 0.85, `${apart} ${together}`);
});

test('features are named in the order in which they are computed', async () => {
  const { normal } = sampleMachine();
  const [sound] = stretchesOf(normal[0] as (typeof normal)[0], 1);
  const spectrograms = new Spectrograms();
  for (const settings of [hearing, feeling]) {
    const three = { ...(sound as NonNullable<typeof sound>), channels: Array(3).fill(sound?.channels[0]) };
    const names = featureNames(await spectrograms.of(pcmOf(three), settings));
    const [row] = await rowsOf([three], settings);
    assert.equal(names.length, row?.length);
  }
});

test('the areas under the curve are right, with ties', () => {
  assert.equal(aucOf([1, 2], [3, 4]), 1);
  assert.equal(aucOf([1, 1], [1, 1]), 0.5);
  assert.equal(aucOf([1, 3], [2, 4]), 0.75);
  assert.equal(pAucOf([1, 2], [3, 4]), 1);
  assert.ok(Math.abs(pAucOf([1, 1], [1, 1]) - 0.5) < 1e-12);
  assert.equal(matrixOf([]).rows, 0);
});
