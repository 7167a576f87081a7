import uPlot from 'uplot';
import { computed, onBeforeUnmount, onMounted, type Ref, ref, shallowRef, watch } from 'vue';
import { decimalsFor, formatValue } from '../shared/format.ts';
import { lineFor } from '../shared/palette.ts';
import type { Finding } from '../shared/severity.ts';
import { type Aligned, align, gapFrom } from './align.ts';
import { marksOf, stretchOf, type Window, within } from './marks.ts';
import { type Lane, pointAt, type Series } from './model.ts';
import { axisWidth, type Band, type Limit, plotOptions } from './plot.ts';

export interface LaneProps {
  readonly lane: Lane;
  readonly version: number;
  readonly hidden: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  readonly window: Window;
  readonly width: number;
  readonly cursor: number | null;
  readonly now: number;
  readonly last: boolean;
  readonly group: string;
  readonly dark: boolean;
  readonly scale: number;
  readonly language: string;
}

/** The plot of one strip, and what stands around it. */
export function useLane(props: LaneProps, holder: Ref<HTMLElement | null>, onCursor: (time: number | null) => void) {
  const size = ref({ width: 0, height: 0 });
  const inset = computed(() => axisWidth * props.scale);
  const plotWidth = computed(() => Math.max(1, size.value.width - inset.value));
  const shown = computed(() => props.lane.series.filter(({ source }) => !props.hidden.has(source)));
  const line = (source: string) => lineFor(source, props.dark);
  const recent = computed(() => within(props.findings, props.window));

  usePlot(props, holder, size, { shown, line, recent, onCursor });

  return {
    inset,
    plotWidth,
    name: computed(() => props.lane.quantity.charAt(0).toUpperCase() + props.lane.quantity.slice(1)),
    marks: computed(() => marksOf(recent.value, props.window, (22 * props.scale) / plotWidth.value)),
    spans: computed(() =>
      recent.value.map((finding) => ({ level: finding.severity, ...stretchOf(finding, props.window, props.now) })),
    ),
    cursorLeft: computed(() => {
      const { from, to } = props.window;
      return props.cursor === null ? -1 : ((props.cursor - from) / (to - from)) * plotWidth.value;
    }),
    rows: computed(() =>
      props.lane.series.map((series) => ({
        source: series.source,
        hidden: props.hidden.has(series.source),
        line: line(series.source),
        value: formatValue(shownValue(series, props), decimalsFor(largest([series], props.version)), props.language),
      })),
    ),
  };
}

/** At the cursor while there is one, else the newest; nothing where the series has a gap. */
function shownValue({ points }: Series, { cursor, width, window, version }: LaneProps): number | undefined {
  const at = cursor === null ? points.time.length - 1 : pointAt(points, cursor, gapFrom(points.time, width));
  const value = width > 0 && cursor !== null ? points.mean[at] : points.last[at];
  return version >= 0 && (points.time[at] ?? 0) >= window.from - width ? value : undefined;
}

function largest(series: readonly Series[], version: number): number {
  let most = 0;
  for (const { points } of series) {
    const step = Math.max(1, Math.floor(points.max.length / 200));
    for (let at = points.max.length - 1; at >= 0; at -= step) most = Math.max(most, Math.abs(points.max[at] ?? 0));
  }
  return version >= 0 ? most : 0;
}

interface PlotNeeds {
  readonly shown: Ref<readonly Series[]>;
  readonly line: (source: string) => ReturnType<typeof lineFor>;
  readonly recent: Ref<readonly Finding[]>;
  readonly onCursor: (time: number | null) => void;
}

function usePlot(
  props: LaneProps,
  holder: Ref<HTMLElement | null>,
  size: Ref<{ width: number; height: number }>,
  needs: PlotNeeds,
) {
  const plot = shallowRef<uPlot | null>(null);
  let aligned: Aligned = { columns: [[]], lone: [] };
  const realign = (): Aligned['columns'] => {
    aligned = align(needs.shown.value, props.width);
    return aligned.columns;
  };

  const limits = (): Limit[] => {
    const style = holder.value && getComputedStyle(holder.value);
    const byValue = new Map<number, Limit>();
    for (const { kind, threshold, severity } of needs.recent.value) {
      if (kind !== 'limit' || !Number.isFinite(threshold)) continue;
      byValue.set(threshold, { value: threshold, color: style?.getPropertyValue(`--p-${severity}`) ?? '' });
    }
    return [...byValue.values()];
  };

  /** In the colour of the line that was compared with it. */
  const bands = (): Band[] =>
    needs.recent.value.flatMap(({ source, expected }) =>
      expected && !props.hidden.has(source) ? [{ points: expected, color: needs.line(source).color }] : [],
    );

  const build = (): void => {
    plot.value?.destroy();
    plot.value = null;
    if (!holder.value || size.value.width < 40 || size.value.height < 40) return;
    const style = getComputedStyle(holder.value);
    const options = plotOptions({
      lines: needs.shown.value.map(({ source }) => needs.line(source)),
      look: {
        ink: style.getPropertyValue('--p-muted'),
        grid: style.getPropertyValue('--p-line'),
        font: style.fontFamily,
        scale: props.scale,
        language: props.language,
      },
      timeAxis: props.last,
      size: size.value,
      group: props.group,
      window: () => props.window,
      limits,
      bands,
      lone: () => aligned.lone,
      onCursor: needs.onCursor,
    });
    plot.value = new uPlot(options, realign() as uPlot.AlignedData, holder.value);
  };

  const measure = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    const first = !plot.value;
    size.value = { width: Math.floor(width), height: Math.floor(height) };
    if (first) build();
    else plot.value?.setSize(size.value);
  });
  onMounted(() => holder.value && measure.observe(holder.value));
  onBeforeUnmount(() => {
    measure.disconnect();
    plot.value?.destroy();
  });

  const drawn = () =>
    [needs.shown.value.map(({ source }) => source).join('\n'), props.dark, props.scale, props.last].join('|');
  watch(drawn, build, { flush: 'post' });
  watch(
    () => [props.lane, props.version, props.window, needs.recent.value] as const,
    () => plot.value?.setData(realign() as uPlot.AlignedData),
    { flush: 'post' },
  );
}
