import { computed, onBeforeUnmount, ref } from 'vue';

/** As the history node answers. */
export interface DeadLetter {
  readonly id: number;
  readonly topic: string;
  readonly code: string;
  readonly reason: string;
  readonly receivedAt: number;
  readonly bytes: number;
  readonly preview: string;
}

export interface Letters {
  readonly kind: 'letters';
  readonly total: number;
  readonly letters: readonly DeadLetter[];
}

export interface Outcome {
  readonly stored: number;
  readonly left: number;
}

/** When to look what became of them, ms after they were sent; what is gone by then is stored. */
const looks = [600, 2_000, 6_000];

interface Drive {
  readonly ids: readonly number[] | true;
  readonly before: number;
  looked: number;
}

/** Sends dead letters on their way again and finds out how it went. */
export function useRedrive(send: (msg: Record<string, unknown>) => void, ask: () => void) {
  const running = ref(0);
  const outcome = ref<Outcome | null>(null);
  let drive: Drive | undefined;
  let timers: ReturnType<typeof setTimeout>[] = [];
  const stopLooking = (): void => timers.splice(0).forEach(clearTimeout);
  onBeforeUnmount(stopLooking);

  return {
    /** How many are on their way. */
    running: computed(() => running.value),
    outcome: computed(() => outcome.value),
    start: (ids: readonly number[] | true, total: number): void => {
      stopLooking();
      drive = { ids, before: ids === true ? total : ids.length, looked: 0 };
      running.value = drive.before;
      outcome.value = null;
      send({ redrive: ids });
      timers = looks.map((ms) => setTimeout(ask, ms));
    },
    /** Every answer of the history tells what is left. */
    look: (now: Letters): void => {
      if (!drive) return;
      drive.looked++;
      const left = leftOf(drive, now);
      if (left > 0 && drive.looked < looks.length) return;
      outcome.value = { stored: Math.max(0, drive.before - left), left };
      drive = undefined;
      running.value = 0;
      stopLooking();
    },
  };
}

function leftOf({ ids, before }: Drive, { total, letters }: Letters): number {
  if (ids === true) return Math.min(before, total);
  const known = new Set(letters.map(({ id }) => id));
  return ids.filter((id) => known.has(id)).length;
}
