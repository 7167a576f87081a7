import type uPlot from 'uplot';
import { axisLabels } from '../shared/format.ts';
import type { Line } from '../shared/palette.ts';
import type { Expected } from '../shared/severity.ts';
import type { Aligned } from './align.ts';
import { axisValue } from './axis.ts';

export interface Look {
  readonly ink: string;
  readonly grid: string;
  readonly font: string;
  readonly scale: number;
  readonly language: string;
}

export interface Limit {
  readonly value: number;
  readonly color: string;
}

/** Where a finding's value was expected: the outline of an area. */
export interface Band {
  readonly points: readonly Expected[];
  readonly color: string;
}

export interface PlotParts {
  readonly lines: readonly Line[];
  readonly look: Look;
  /** Only the lowest strip carries the time axis. */
  readonly timeAxis: boolean;
  readonly size: { width: number; height: number };
  readonly group: string;
  window(): { from: number; to: number };
  limits(): readonly Limit[];
  bands(): readonly Band[];
  lone(): Aligned['lone'];
  onCursor(time: number | null): void;
}

/** CSS pixels left of the plot, at scale 1: values of the axis. The marks above the plot rely on it. */
export const axisWidth = 54;
const axisHeight = 26;

export function plotOptions(parts: PlotParts): uPlot.Options {
  const { look, size, timeAxis, group, lines } = parts;
  const font = `${Math.round(12 * look.scale)}px ${look.font}`;
  const axis = { stroke: look.ink, font, ticks: { show: false }, grid: { stroke: look.grid, width: 1 } };
  return {
    ...size,
    ms: 1,
    padding: [8 * look.scale, 0, timeAxis ? 0 : 6, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 * look.scale },
      sync: { key: group, setSeries: false },
    },
    scales: {
      x: { time: true, range: () => [parts.window().from, parts.window().to] },
      y: { range: (_plot, low, high) => verticalRange(low, high, [...parts.limits(), ...edges(parts)]) },
    },
    axes: [
      {
        ...axis,
        size: timeAxis ? axisHeight * look.scale : 0,
        gap: 4 * look.scale,
        space: 74 * look.scale,
        values: (plot, times, _axis, _space, step) => (timeAxis ? timeLabels(plot, times, step, look) : []),
      },
      {
        ...axis,
        size: axisWidth * look.scale,
        gap: 6 * look.scale,
        space: 24 * look.scale,
        values: (_plot, values, _axis, _space, step) => values.map((v) => axisValue(v, step, look.language)),
      },
    ],
    series: [{}, ...lines.flatMap((line, index) => seriesOptions(line, look.scale, () => parts.lone()[index] ?? []))],
    bands: lines.map((line, at) => ({ series: [at * 3 + 3, at * 3 + 2], fill: `${line.color}2e` })),
    hooks: {
      drawAxes: [(plot) => drawBands(plot, parts.bands(), look)],
      draw: [(plot) => drawLimits(plot, parts.limits(), look)],
      setCursor: [(plot) => parts.onCursor(cursorTime(plot))],
    },
  };
}

/** A label that would be cut at the right edge is left away. */
function timeLabels(plot: uPlot, times: readonly number[], step: number, { language, scale }: Look): string[] {
  const room = (time: number): number => plot.width - axisWidth * scale - plot.valToPos(time, 'x');
  return axisLabels(times, step, language).map((label, at) => {
    return room(times[at] ?? 0) < label.length * 3.4 * scale ? '' : label;
  });
}

function seriesOptions({ color, dash }: Line, scale: number, lone: () => readonly number[]): uPlot.Series[] {
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const mean: uPlot.Series = {
    stroke: color,
    width: 1.6 * scale,
    dash: dash.map((length) => length * scale),
    points: { size: 4 * scale, fill: color, filter: (_plot, _at, show) => (show ? null : [...lone()]) },
  };
  return [mean, edge, edge];
}

/** Room above and below, and for a limit that is close; never a range of zero. */
function verticalRange(
  low: number | null,
  high: number | null,
  limits: readonly { value: number }[],
): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const reach = Math.max(high - low, Math.abs(high) * 0.02) || 1;
  const close = limits
    .map(({ value }) => value)
    .filter((value) => value > low - 1.5 * reach && value < high + 1.5 * reach);
  const bottom = Math.min(low, ...close);
  const top = Math.max(high, ...close);
  const room = Math.max(top - bottom, reach) * 0.12;
  return [bottom >= 0 && bottom - room < 0 ? 0 : bottom - room, top + room];
}

/** What of the bands the window shows, so that the axis can make room for it. */
function edges(parts: PlotParts): { value: number }[] {
  const { from, to } = parts.window();
  const shown = parts.bands().flatMap(({ points }) => points.filter(({ time }) => time >= from && time <= to));
  if (shown.length === 0) return [];
  return [{ value: Math.min(...shown.map(({ low }) => low)) }, { value: Math.max(...shown.map(({ high }) => high)) }];
}

function drawBands(plot: uPlot, bands: readonly Band[], { scale }: Look): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { points, color } of bands) {
    const at = ({ time }: Expected, value: number): [number, number] => [
      plot.valToPos(time, 'x', true),
      plot.valToPos(value, 'y', true),
    ];
    ctx.beginPath();
    for (const point of points) ctx.lineTo(...at(point, point.high));
    for (const point of [...points].reverse()) ctx.lineTo(...at(point, point.low));
    ctx.closePath();
    ctx.globalAlpha = 0.16;
    ctx.fillStyle = color;
    ctx.fill();
    ctx.globalAlpha = 0.55;
    ctx.strokeStyle = color;
    ctx.lineWidth = scale * devicePixelRatio;
    ctx.setLineDash([2 * scale * devicePixelRatio, 2 * scale * devicePixelRatio]);
    ctx.stroke();
  }
  ctx.restore();
}

function drawLimits(plot: uPlot, limits: readonly Limit[], { scale }: Look): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { value, color } of limits) {
    const y = plot.valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = color;
    ctx.lineWidth = scale * devicePixelRatio;
    ctx.setLineDash([5 * scale * devicePixelRatio, 4 * scale * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

function cursorTime(plot: uPlot): number | null {
  const { left } = plot.cursor;
  return left === undefined || left < 0 ? null : plot.posToVal(left, 'x');
}
