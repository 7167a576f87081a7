import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { useAsking } from '../shared/asking.ts';
import type { PageMessage } from '../shared/dashboard.ts';
import type { Machine } from './model.ts';
import { type Playing, play, readyToPlay } from './player.ts';
import type { Standing } from './state.ts';

/** Which seconds: when it began, right before that, or the newest. */
export type Moment = 'began' | 'before' | 'now';

export interface SoundAnswer {
  readonly kind: 'sound';
  readonly source: string;
  /** ms UTC */
  readonly from: number;
  readonly to: number;
  readonly missing: number;
  readonly wav: ArrayBuffer;
}

/** ms */
export const length = 10_000;

interface Needs {
  send(msg: Record<string, unknown>): void;
}

/** One sound at a time, fetched from the history and played. */
export function useListening({ send }: Needs) {
  const asking = useAsking({ send });
  /** Which button was pressed last. */
  const source = ref('');
  const moment = ref<Moment>('now');
  const playing = shallowRef<Playing | null>(null);
  const answer = shallowRef<Omit<SoundAnswer, 'wav'> | null>(null);
  const unplayable = ref('');
  const gain = ref(1);

  const stop = (): void => {
    playing.value?.stop();
    playing.value = null;
  };
  const listen = (machine: Machine, standing: Standing, which: Moment): void => {
    readyToPlay();
    stop();
    source.value = machine.source;
    moment.value = which;
    answer.value = null;
    unplayable.value = '';
    asking.failure.value = '';
    asking.silent.value = false;
    const query = {
      kind: 'sound',
      sources: [machine.source],
      quantities: [(standing.finding ?? standing.last)?.quantity || 'sound'],
      ...stretchOf(machine, standing, which),
    };
    asking.ask(query);
  };
  const hear = async ({ wav, ...said }: SoundAnswer): Promise<void> => {
    answer.value = said;
    try {
      const mine = await play(wav, () => {
        if (playing.value === mine) playing.value = null;
      });
      playing.value = mine;
      gain.value = mine.gain;
    } catch (thrown) {
      unplayable.value = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  const receive = (msg: PageMessage): void => {
    if (!asking.accept(msg)) return;
    const payload = msg.payload as SoundAnswer | undefined;
    if (payload?.kind === 'sound') void hear(payload);
  };
  onBeforeUnmount(stop);
  return { ...asking, source, moment, playing, answer, unplayable, gain, listen, stop, receive };
}

/** ms UTC by the source's clock. */
export function stretchOf(
  { anomaly }: Machine,
  { finding: open, last }: Standing,
  which: Moment,
): { from: number; to: number } {
  const finding = open ?? last;
  // what is newest may not be stored yet
  const newest = anomaly?.time ?? Date.now();
  if (which === 'now' || !finding) return { from: newest - length, to: newest };
  const from = which === 'before' ? finding.since - length : finding.since;
  const end = which === 'before' ? finding.since : (finding.until ?? newest + 1000);
  return { from, to: Math.max(from + 1000, Math.min(from + length, end)) };
}
