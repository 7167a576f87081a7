import { computed, onBeforeUnmount, onMounted, type Ref, ref, shallowRef } from 'vue';
import type { PageMessage } from '../shared/dashboard.ts';
import type { Translate } from '../shared/language.ts';
import { type Finding, mergeFindings } from '../shared/severity.ts';
import { within } from './marks.ts';
import {
  type Answer,
  append,
  byName,
  emptyModel,
  forgetBefore,
  type Lane,
  type LivePoint,
  lanesOf,
  modelOf,
  sourcesOf,
} from './model.ts';
import { asSpan, namesIn, queryOf, type Range, windowOf } from './range.ts';
import type { ChartText } from './texts.ts';

/** What the chart's node sends to the page. */
export interface ChartMessage extends PageMessage {
  readonly live?: readonly LivePoint[];
  readonly payload?: Answer;
  readonly finding?: Finding;
  readonly error?: { readonly message?: string };
  /** From another widget: the sources to show. */
  readonly select?: { readonly sources?: readonly string[] };
}

interface Needs {
  readonly text: Translate<ChartText>;
  readonly now: Ref<number>;
  send(msg: Record<string, unknown>): void;
  onReconnect(act: () => void): void;
}

const patience = 8_000;
const mostSources = 8;
const mostFindings = 500;

export function useChart(settings: Readonly<Record<string, unknown>>, { text, now, send, onReconnect }: Needs) {
  const range = ref<Range>({ span: asSpan(settings['span']) });
  const model = shallowRef(emptyModel());
  const version = ref(0);
  const findings = shallowRef<readonly Finding[]>([]);
  const selected = ref(namesIn(settings['sources']));
  const quantities = namesIn(settings['quantities']);
  const waiting = ref(false);
  const problem = ref('');
  const problemHelp = ref('');
  let request = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fail = (title: string, help: string): void => {
    waiting.value = false;
    problem.value = title;
    problemHelp.value = help;
  };

  const ask = (): void => {
    request = Math.random().toString(36).slice(2);
    problem.value = '';
    waiting.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      waiting.value = false;
      // live readings alone make a chart too
      if (model.value.series.size === 0) fail(text('silent'), text('silentHelp'));
    }, patience);
    send({ payload: queryOf(range.value, Date.now(), selected.value, quantities), request });
  };

  const wanted = ({ source, quantity }: LivePoint): boolean =>
    (selected.value.length === 0 || selected.value.includes(source)) &&
    (quantities.length === 0 || quantities.includes(quantity));

  const take = (answer: Answer): void => {
    clearTimeout(timer);
    waiting.value = false;
    problem.value = '';
    model.value = modelOf(answer);
    findings.value = mergeFindings([], answer.findings ?? [], mostFindings);
    version.value++;
  };

  const receive = (msg: ChartMessage): void => {
    if (msg.request !== undefined && msg.request !== request) return;
    if (msg.error) fail(text('failed'), msg.error.message ?? '');
    if (msg.payload) take(msg.payload);
    if (msg.finding) findings.value = mergeFindings(findings.value, [msg.finding], mostFindings);
    if (msg.live && 'span' in range.value) {
      append(model.value, msg.live.filter(wanted));
      forgetBefore(model.value, windowOf(range.value, Date.now()).from);
      if (model.value.series.size > 0) problem.value = '';
      version.value++;
    }
    if (msg.select) {
      selected.value = [...(msg.select.sources ?? [])];
      ask();
    }
  };

  const choose = (next: Range): void => {
    range.value = next;
    ask();
  };

  onMounted(ask);
  onReconnect(ask);
  onBeforeUnmount(() => clearTimeout(timer));

  const window = computed(() => windowOf(range.value, now.value));
  const allSources = computed(() => (version.value >= 0 ? sourcesOf(model.value) : []));
  const sources = computed(() => allSources.value.slice(0, mostSources));
  const lanes = computed(() => visible(version.value >= 0 ? lanesOf(model.value) : [], sources.value));
  const concerns = ({ source, quantity }: Finding): boolean =>
    sources.value.includes(source) && (quantity === '' || lanes.value.some((lane) => lane.quantity === quantity));

  return {
    range,
    window,
    model,
    version,
    sources,
    lanes,
    waiting,
    problem,
    problemHelp,
    receive,
    choose,
    ask,
    left: computed(() => allSources.value.length - sources.value.length),
    listed: computed(() => within(findings.value, window.value).filter(concerns)),
    /** A finding about a whole source goes to the topmost strip. */
    findingsOf: (lane: Lane, index: number): Finding[] =>
      findings.value.filter(
        (f) => sources.value.includes(f.source) && (f.quantity === lane.quantity || (f.quantity === '' && index === 0)),
      ),
  };
}

function visible(lanes: readonly Lane[], sources: readonly string[]): Lane[] {
  return lanes
    .map((lane) => ({ ...lane, series: lane.series.filter(({ source }) => sources.includes(source)) }))
    .filter(({ series }) => series.length > 0)
    .sort((a, b) => byName(a.quantity, b.quantity));
}
