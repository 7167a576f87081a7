import { ModelHost } from '../../dist/inference/host.js';
import { float32 } from '../../dist/inference/tensor.js';
import { networkShape, normalised } from '../../dist/sound/network-input.js';
import { conditions, driveOf } from './clips.mjs';
import { examplesOf } from './examples.mjs';

const { bands, frames } = networkShape;

/** A model, loaded as nodes load it. `outputs` takes a picture from `pictureOf` and gives one number a condition. */
export async function listener(model) {
  const host = new ModelHost();
  const user = await host.use(model, { policy: 'block' });
  return {
    async outputs(picture) {
      const input = normalised(picture.slice(), model.card.input);
      const [{ data }] = await user.run([float32(input, [1, 1, bands, frames])]);
      return data;
    },
    async close() {
      await user.release();
      await host.close();
    },
  };
}

/** Clips `first` to `first + count - 1`: what each is of, and what was heard. */
export async function heardOf(model, first, count) {
  const { x } = await examplesOf(first, count);
  const { outputs, close } = await listener(model);
  const heard = [];
  for (let i = 0; i < count; i++) {
    const values = await outputs(x.slice(i * bands * frames, (i + 1) * bands * frames));
    heard.push({ drive: driveOf(first + i), condition: conditions[values.indexOf(Math.max(...values))] });
  }
  await close();
  return heard;
}

/** Share of clips that were taken for what they are: `accuracy` of all, and `accuracy.CONDITION` of each. */
export function accuraciesOf(heard) {
  const share = (some) => {
    const right = some.filter(({ drive, condition }) => drive.condition === condition);
    return Number((right.length / some.length).toFixed(3));
  };
  const each = conditions.map((name) => [
    `accuracy.${name}`,
    share(heard.filter(({ drive }) => drive.condition === name)),
  ]);
  return { accuracy: share(heard), ...Object.fromEntries(each) };
}
