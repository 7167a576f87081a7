import { computed, type Ref, ref, shallowRef } from 'vue';
import { useAsking } from '../shared/asking.ts';
import type { PageMessage } from '../shared/dashboard.ts';
import { meetSources } from '../shared/palette.ts';
import { type Finding, mergeFindings } from '../shared/severity.ts';
import { within } from './marks.ts';
import {
  type Answer,
  append,
  emptyModel,
  forgetBefore,
  type Lane,
  type LivePoint,
  lanesOf,
  modelOf,
  sourcesOf,
} from './model.ts';
import { asSpan, namesIn, queryOf, type Range, windowOf } from './range.ts';
import { matches } from './select.ts';

/** From another widget: what to show. */
export interface Selection {
  readonly sources?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

/** What the chart's node sends to the page. */
export interface ChartMessage extends PageMessage {
  readonly live?: readonly LivePoint[];
  readonly payload?: Answer;
  readonly findings?: readonly Finding[];
  readonly select?: Selection;
}

interface Needs {
  readonly now: Ref<number>;
  send(msg: Record<string, unknown>): void;
}

const mostSources = 8;
const mostFindings = 500;
/** Least time between two questions that the chart asks by itself, ms. */
const pause = 10_000;

export function useChart(settings: Readonly<Record<string, unknown>>, { now, send }: Needs) {
  const configured = namesIn(settings['sources']);
  const quantities = namesIn(settings['quantities']);
  const range = ref<Range>({ span: asSpan(settings['span']) });
  const model = shallowRef(emptyModel());
  const version = ref(0);
  const leftOut = ref(0);
  const findings = shallowRef<readonly Finding[]>([]);
  const selected = ref<readonly string[]>([]);
  const asking = useAsking({ send });
  let askedAt = 0;
  let first = true;

  const wanted = computed(() => (selected.value.length > 0 ? selected.value : configured));
  const ask = (): void => {
    askedAt = Date.now();
    asking.ask(queryOf(range.value, askedAt, wanted.value, quantities));
  };
  const take = (answer: Answer): void => {
    first = false;
    model.value = modelOf(answer);
    leftOut.value = answer.leftOut ?? 0;
    meetSources(sourcesOf(model.value));
    findings.value = mergeFindings([], answer.findings ?? [], mostFindings);
    version.value++;
  };
  const takeLive = (live: readonly LivePoint[]): void => {
    const concerning = live.filter((p) => matches(wanted.value, p.source) && matches(quantities, p.quantity));
    const stragglers = append(model.value, concerning);
    forgetBefore(model.value, windowOf(range.value, Date.now()).from);
    version.value++;
    // a source sends what it kept while it was cut off: the history has it in order
    if (stragglers > 0 && Date.now() - askedAt > pause) ask();
  };
  const select = ({ sources, from, to }: Selection): void => {
    selected.value = sources ?? [];
    if (from !== undefined && to !== undefined) range.value = { from, to };
    ask();
  };

  const receive = (msg: ChartMessage): void => {
    if (!asking.accept(msg)) return;
    if (msg.payload) take(msg.payload);
    if (msg.findings) findings.value = mergeFindings(findings.value, msg.findings, mostFindings);
    // what comes live before the first answer is in that answer
    if (msg.live && 'span' in range.value && !(first && asking.waiting.value)) takeLive(msg.live);
    if (msg.select) select(msg.select);
  };

  const window = computed(() => windowOf(range.value, now.value));
  const allSources = computed(() => (version.value >= 0 ? sourcesOf(model.value) : []));
  const sources = computed(() => allSources.value.slice(0, mostSources));
  const lanes = computed(() => withSources(version.value >= 0 ? lanesOf(model.value, quantities) : [], sources.value));
  const concerns = ({ source, quantity }: Finding): boolean =>
    sources.value.includes(source) && (quantity === '' || lanes.value.some((lane) => lane.quantity === quantity));

  return {
    ...asking,
    range,
    window,
    model,
    version,
    sources,
    selected,
    lanes,
    receive,
    select,
    ask,
    choose: (next: Range): void => {
      range.value = next;
      ask();
    },
    left: computed(() => allSources.value.length - sources.value.length + leftOut.value),
    listed: computed(() => within(findings.value, window.value).filter(concerns)),
    /** A finding about a whole source goes to the topmost strip. */
    findingsOf: (lane: Lane, index: number): Finding[] =>
      findings.value
        .filter(({ source }) => sources.value.includes(source))
        .filter(({ quantity }) => quantity === lane.quantity || (quantity === '' && index === 0)),
  };
}

function withSources(lanes: readonly Lane[], sources: readonly string[]): Lane[] {
  return lanes
    .map((lane) => ({ ...lane, series: lane.series.filter(({ source }) => sources.includes(source)) }))
    .filter(({ series }) => series.length > 0);
}
