import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import { type Asking, useAsking } from '../shared/asking.ts';
import type { PageMessage } from '../shared/dashboard.ts';
import type { Timeline } from './model.ts';

/** What is shown of the one that is open. */
export interface TimelineShown {
  readonly answer?: Timeline;
  readonly failure: string;
}

export interface Timelines {
  /** Undefined: it is not shown. */
  of(id: number): TimelineShown | undefined;
  toggle(id: number): void;
}

const everyMs = 4_000;

/** One timeline at a time: of the alert that was tapped, kept current while it is open. */
export function useTimeline(widget: { send(msg: Record<string, unknown>): void }) {
  const asking: Asking = useAsking(widget);
  const shown = ref<number | undefined>();
  const answer = shallowRef<Timeline | undefined>();
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => document.hidden || ask(), everyMs);
  });
  onBeforeUnmount(() => clearInterval(timer));

  function ask(): void {
    if (shown.value !== undefined) asking.ask({ kind: 'alert', alert: shown.value } as { kind: string });
  }

  return {
    of: (id: number): TimelineShown | undefined => {
      if (shown.value !== id) return undefined;
      const failure = asking.failure.value;
      return answer.value === undefined ? { failure } : { answer: answer.value, failure };
    },
    toggle: (id: number): void => {
      answer.value = undefined;
      shown.value = shown.value === id ? undefined : id;
      ask();
    },
    changed: (alerts: readonly { readonly id: number }[]): void => {
      if (alerts.some(({ id }) => id === shown.value)) ask();
    },
    /** False for what is no answer to this. */
    receive: (msg: PageMessage): boolean => {
      if (!asking.owns(msg)) return false;
      const payload = msg.payload as Timeline | undefined;
      if (asking.accept(msg) && payload?.kind === 'alert') answer.value = payload;
      return true;
    },
  };
}
