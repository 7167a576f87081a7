import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';
import type { PageMessage } from './dashboard.ts';

/** How long a page waits for a history node, ms. */
const patience = 8_000;

interface Needs {
  send(msg: Record<string, unknown>): void;
  onReconnect(act: () => void): void;
}

export interface Asking {
  readonly waiting: Ref<boolean>;
  /** Nothing has answered in time: most likely nothing is wired. */
  readonly silent: Ref<boolean>;
  /** What the history node said instead of answering. */
  readonly failure: Ref<string>;
  ask(query: { readonly kind: string }): void;
  /** Whether it answers a question that was asked here. */
  owns(msg: PageMessage): boolean;
  /** False for an answer to an older question; true for what came unasked. */
  accept(msg: PageMessage): boolean;
}

/** Questions to a history node that is wired to the widget; the newest of each kind counts. */
export function useAsking({ send }: Pick<Needs, 'send'>): Asking {
  const waiting = ref(false);
  const silent = ref(false);
  const failure = ref('');
  const newest = new Map<string, string>();
  const asked = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onBeforeUnmount(() => clearTimeout(timer));

  const answered = (): void => {
    clearTimeout(timer);
    timer = undefined;
    waiting.value = false;
    silent.value = false;
    failure.value = '';
  };

  return {
    waiting,
    silent,
    failure,
    ask: (query) => {
      const request = Math.random().toString(36).slice(2);
      newest.set(query.kind, request);
      remember(asked, request);
      waiting.value = true;
      timer ??= setTimeout(() => {
        timer = undefined;
        waiting.value = false;
        silent.value = true;
      }, patience);
      send({ payload: query, request });
    },
    owns: (msg) => msg.request !== undefined && asked.has(msg.request),
    accept: (msg) => {
      if (msg.request !== undefined && ![...newest.values()].includes(msg.request)) return false;
      if (msg.error) {
        answered();
        failure.value = msg.error.message || '?';
      } else if (msg.payload) answered();
      return true;
    },
  };
}

const mostRemembered = 50;

function remember(asked: Set<string>, request: string): void {
  asked.add(request);
  const [oldest] = asked;
  if (asked.size > mostRemembered && oldest !== undefined) asked.delete(oldest);
}

/** Asks when the widget appears, when the connection is back, and every `every` ms while somebody can see the page. */
export function useAskingAgain({ onReconnect }: Pick<Needs, 'onReconnect'>, ask: () => void, every: number): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    ask();
    timer = setInterval(() => document.hidden || ask(), every);
  });
  onReconnect(ask);
  onBeforeUnmount(() => clearInterval(timer));
}
