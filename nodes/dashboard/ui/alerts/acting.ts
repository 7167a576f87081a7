import { onBeforeUnmount, ref } from 'vue';
import type { Translate } from '../shared/language.ts';
import type { Alert, Silence, Tried } from './model.ts';
import type { AlertsText } from './texts.ts';

interface Needs {
  readonly text: Translate<AlertsText>;
  send(msg: Record<string, unknown>): void;
}

/** What somebody presses: as the alert node wants it, but for what it is about. */
export type Act = Readonly<Record<'acknowledge' | 'resolve' | 'snooze' | 'silence', object>>;

/** ms */
const patience = 8_000;
const looks = [1_500, 5_000];
const testing = 5_000;

/** Sends what was pressed, and looks whether it came about. @param look asks how things stand */
export function useActing({ text, send }: Needs, look: () => void) {
  /** What was asked for, by alert. */
  const pending = ref<ReadonlyMap<number, string>>(new Map());
  const tested = ref<ReadonlySet<string>>(new Set());
  const results = ref<ReadonlyMap<string, Tried>>(new Map());
  const problem = ref('');
  const before = new Map<number, string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  onBeforeUnmount(() => timers.forEach(clearTimeout));

  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };

  const settle = (id: number): boolean => {
    const all = new Map(pending.value);
    if (!all.delete(id)) return false;
    before.delete(id);
    pending.value = all;
    return true;
  };

  return {
    pending,
    tested,
    /** Of the last test of each channel. */
    results,
    problem,
    act: (alert: Alert, act: Partial<Act>): void => {
      const [what = ''] = Object.keys(act);
      const { id, policy } = alert;
      const about = what === 'silence' ? {} : { id };
      problem.value = '';
      send({ [what]: { ...act[what as keyof Act], ...about }, of: policy });
      pending.value = new Map([...pending.value, [id, what]]);
      before.set(id, standing(alert));
      later(patience, () => {
        if (settle(id)) problem.value = text('unsure');
      });
      later(looks[0] ?? 0, look);
    },
    endSilence: ({ id, policy }: Silence): void => {
      problem.value = '';
      send({ silence: { end: id }, of: policy });
      for (const ms of looks) later(ms, look);
    },
    test: (channel: string): void => {
      problem.value = '';
      send({ test: { channel } });
      results.value = new Map([...results.value].filter(([id]) => id !== channel));
      tested.value = new Set([...tested.value, channel]);
      for (const ms of looks) later(ms, look);
      later(testing, () => {
        tested.value = new Set([...tested.value].filter((one) => one !== channel));
      });
    },
    tried: (tests: readonly Tried[]): void => {
      const done = new Set(tests.map(({ id }) => id));
      results.value = new Map([...results.value, ...tests.map((one) => [one.id, one] as const)]);
      tested.value = new Set([...tested.value].filter((one) => !done.has(one)));
    },
    /** A silence has begun or ended, whether or not it concerns what is shown. */
    silenced: (): void => {
      for (const [id, what] of [...pending.value]) if (what === 'silence') settle(id);
      look();
    },
    /** How the open ones stand now: what is otherwise than before has come about. */
    seen: (open: readonly Alert[]): void => {
      for (const id of [...pending.value.keys()]) {
        const now = open.find((alert) => alert.id === id);
        if (!now || standing(now) !== before.get(id)) settle(id);
      }
    },
    fail: (message: string | undefined): void => {
      problem.value = message || '?';
      for (const id of [...pending.value.keys()]) settle(id);
    },
  };
}

function standing({ state, by, until, mutedBy }: Alert): string {
  return JSON.stringify([state, by, until, mutedBy]);
}
