import { computed, type Ref } from 'vue';
import type { Asking } from './asking.ts';

interface Widget {
  readonly text: (key: never) => string;
  readonly dark: Ref<boolean>;
  readonly scale: Ref<number>;
  readonly connected: Ref<boolean>;
}

/** What `Frame.vue` wants to know. @param ready there is something to show */
export function frameOf(
  { text, dark, scale, connected }: Widget,
  { silent, failure }: Pick<Asking, 'silent' | 'failure'>,
  ready: () => boolean,
) {
  return computed(() => ({
    text,
    dark: dark.value,
    scale: scale.value,
    connected: connected.value,
    ready: ready(),
    silent: silent.value,
    failure: failure.value,
  }));
}
