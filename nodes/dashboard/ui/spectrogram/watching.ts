import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import type { PageMessage } from '../shared/dashboard.ts';
import { type Columns, Minute } from '../shared/minute.ts';
import { type Finding, mergeFindings } from '../shared/severity.ts';

/** A minute with what an axis needs. */
export interface Strip extends Columns {
  readonly source: string;
  readonly scale: 'mel' | 'linear';
  /** Hz, of each row. */
  readonly centres: readonly number[];
}

/** What the widget's node sends: all of a minute, or what came since. */
export interface SpectrogramMessage extends PageMessage {
  readonly sources?: readonly string[];
  readonly shown?: string;
  readonly strip?: Strip;
  /** ms since its newest sound came. */
  readonly age?: number;
  readonly more?: Columns;
  readonly findings?: readonly Finding[];
}

interface Needs {
  send(msg: Record<string, unknown>): void;
  onReconnect(act: () => void): void;
}

/** ms; the node stops sending to pages that say nothing for half a minute. */
const every = 10_000;
const mostFindings = 100;

/** The minute of one source, kept up by the widget's node for as long as somebody looks. */
export function useWatching({ send, onReconnect }: Needs) {
  const sources = ref<readonly string[]>([]);
  const shown = ref('');
  const strip = shallowRef<Strip | null>(null);
  const minute = shallowRef(new Minute());
  const findings = shallowRef<readonly Finding[]>([]);
  const heard = ref(false);
  const never = { silent: ref(false), failure: ref('') };
  let wanted = '';

  const watch = (fresh = false): void => send({ watch: wanted, fresh });
  const begin = (msg: SpectrogramMessage): void => {
    shown.value = msg.shown ?? '';
    strip.value = msg.strip ?? null;
    minute.value = new Minute();
    if (msg.strip) minute.value.put(msg.strip, Date.now() - (msg.age ?? 0));
    // it may have been picked elsewhere; and another one that comes up later must not take its place
    wanted = shown.value || wanted;
  };
  const receive = (msg: SpectrogramMessage): void => {
    if (msg.sources) sources.value = msg.sources;
    if (msg.findings) findings.value = mergeFindings(findings.value, msg.findings, mostFindings);
    if (msg.more) {
      if (msg.shown === shown.value) minute.value.put(msg.more, Date.now());
    } else if (msg.shown !== undefined) begin(msg);
    heard.value = true;
  };
  const choose = (source: string): void => {
    wanted = source;
    watch();
  };

  const again = (): void => {
    if (!document.hidden) watch();
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    watch(true);
    timer = setInterval(again, every);
    document.addEventListener('visibilitychange', again);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', again);
  });
  onReconnect(() => watch(true));

  return { asking: { ...never, heard }, sources, shown, strip, minute, findings, receive, choose, watch };
}
