import { vgg } from '../../dist/inference/train/network.js';
import { conditions, heardAs, seeds } from './clips.mjs';
import { examplesOf } from './examples.mjs';
import { accuraciesOf, heardOf } from './judge.mjs';

const learned = 550;
const judged = 60;

export const naming = {
  name: 'machine-sound',
  version: '1',
  about: 'Says from a second of sound in which of 18 conditions a machine is: normal, off, or which fault it has.',
  labels: [...conditions],
  threshold: 0.5,
  sound: heardAs,
  licence: 'Apache-2.0',
  source: `npm run train -- machine-sound: ${learned} synthesised machines a condition, each with a microphone and a room of its own; no recording was used`,
  caution: [
    'Learned from synthesised machines alone.',
    'Of synthesised machines that it never heard it tells 85 clips of 100 right, 95 where the fault is plain to hear;',
    'of those in good order it takes one in four for something else, mostly for disturbed flow.',
    'On real recordings (npm run bench -- vgg --data DIR) it was of no use:',
    'whole propellers of a drone were cavitation or a broken tooth to it, hardly ever normal,',
    'a compressor that was off was loose, at rest stalled or had a broken tooth, and running was disturbed flow.',
    'What it says of a real machine is a guess to begin with: learn the machine itself, and keep to what that says.',
  ].join(' '),
};

/** Network, examples and options of the training. */
export async function prepare() {
  return {
    network: vgg({ classes: conditions.length }),
    examples: await examplesOf(seeds.learn, learned * conditions.length),
    options: { epochs: 5, rate: 3e-4, course: 'cosine', validation: 0.1, patience: 4, seed: 1 },
  };
}

/** Of machines that neither the training nor the choice of its best epoch heard. */
export async function score(model) {
  return accuraciesOf(await heardOf(model, seeds.judge, judged * conditions.length));
}
