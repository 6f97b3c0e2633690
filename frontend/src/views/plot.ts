// One uPlot chart: axes, lines and the marks of a finding. No state: made anew when anything changes.
import uPlot from "uplot";
import { tick } from "../lib/numbers";
import { gaps, type Line, type Table, table } from "../lib/series";
import { smoothed } from "../lib/smooth";
import { drawBehind, drawInFront, type Ink, type Marks } from "./marks";

export type Wish = {
  lines: readonly Line[];
  marks: Marks | null;
  log: boolean;
  smoothing: number;
  height: number;
  /** The part of the axis that is shown, or null for all. */
  zoom: readonly [number, number] | null;
  onZoom: (zoom: [number, number] | null) => void;
  onCursor: (at: number | null, table: Table) => void;
};

const FONT = "11px Roboto, system-ui, sans-serif";
const WHOLE = [1, 2, 5]
  .flatMap((one) => Array.from({ length: 12 }, (_, at) => one * 10 ** at))
  .sort((a, b) => a - b);

export function plot(host: HTMLElement, wish: Wish): uPlot {
  const shape = table(wish.lines);
  const style = getComputedStyle(host);
  const ink = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const options: uPlot.Options = {
    width: Math.max(120, host.clientWidth),
    height: wish.height,
    padding: [gaps(wish.lines).length ? 16 : 8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: true },
      focus: { prox: -1 },
    },
    scales: {
      x: { time: false, range: (_, low, high) => xRange(low, high, wish.zoom) },
      y: { distr: wish.log ? 3 : 1, range: wish.log ? logRange : yRange },
    },
    axes: [xAxis(ink), yAxis(ink, wish.log)],
    series: [{}, ...columns(wish, ink)],
    hooks: {
      drawClear: [(chart) => drawBehind(chart, wish, shape, ink)],
      draw: [(chart) => drawInFront(chart, wish, shape, ink)],
      setCursor: [(chart) => wish.onCursor(chart.cursor.idx ?? null, shape)],
      setSelect: [(chart) => select(chart, wish)],
    },
  };
  return new uPlot(options, data(wish, shape), host);
}

/** Raw columns; where it is smoothed, the raw ones again behind, faint. */
function data(wish: Wish, shape: Table): uPlot.AlignedData {
  const raw = wish.log ? shape.ys.map((column) => column.map(positive)) : shape.ys;
  const drawn = wish.smoothing
    ? [...raw, ...raw.map((column) => smoothed(column, wish.smoothing))]
    : raw;
  return [shape.x, ...drawn] as uPlot.AlignedData;
}

const positive = (value: number | null | undefined) =>
  typeof value === "number" && value <= 0 ? null : value;

function columns(wish: Wish, ink: Ink): uPlot.Series[] {
  const series = (line: Line, faint: boolean): uPlot.Series => ({
    stroke: faint ? `${line.colour}48` : line.colour,
    width: line.dashed ? 1.5 : 1.75,
    ...(line.dashed ? { dash: [5, 3] } : {}),
    points: {
      show: line.steps.length === 1 || sparse,
      size: 4,
      fill: ink("surface"),
      stroke: line.colour,
    },
  });
  const sparse = wish.lines.every((line) => line.steps.length <= 6);
  const faint = wish.smoothing > 0;
  const raw = wish.lines.map((line) => series(line, faint));
  return faint ? [...raw, ...wish.lines.map((line) => series(line, false))] : raw;
}

function xAxis(ink: Ink): uPlot.Axis {
  return {
    stroke: ink("muted"),
    font: FONT,
    size: 26,
    gap: 6,
    space: 64,
    incrs: WHOLE,
    grid: { show: false },
    ticks: { show: false },
    border: { show: true, stroke: ink("line"), width: 1 },
    values: (_, splits, _axis, _space, increment) =>
      splits.map((each) => (each % 1 ? "" : compact(each, increment))),
  };
}

const compact = (step: number, increment: number): string =>
  step >= 10000 && increment >= 1000
    ? `${(step / 1000).toLocaleString("en")}k`
    : step.toLocaleString("en");

function yAxis(ink: Ink, log: boolean): uPlot.Axis {
  return {
    stroke: ink("muted"),
    font: FONT,
    gap: 8,
    space: 34,
    size: (_, values) =>
      Math.max(36, 18 + 6.4 * Math.max(0, ...(values ?? []).map((each) => each?.length ?? 0))),
    grid: { stroke: ink("grid"), width: 1 },
    ticks: { show: false },
    border: { show: false },
    values: (_, splits, _axis, _space, increment) =>
      splits.map((each) => tick(each, log ? each : increment)),
    ...(log ? { splits: decades, filter: (_: uPlot, splits: number[]) => splits } : {}),
  };
}

/** Powers of ten, as many as there is room for; where there is hardly one, 1, 2 and 5 times them. */
function decades(chart: uPlot, _axis: number, low: number, high: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const room = Math.max(2, Math.floor(chart.bbox.height / devicePixelRatio / 28));
  const stride = Math.max(1, Math.ceil((to - from + 1) / room));
  const heads = to - from < 1 ? [1, 2, 5] : [1];
  const splits: number[] = [];
  for (let power = from - 1; power <= to; power += stride)
    splits.push(...heads.map((head) => head * 10 ** power));
  return splits.filter((each) => each >= low && each <= high);
}

function xRange(low: number, high: number, zoom: Wish["zoom"]): uPlot.Range.MinMax {
  if (zoom) return [zoom[0], zoom[1]];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** A tenth of air; 0 stays the floor of what is never negative and starts near it. */
function yRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const air = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 && low < air * 3 ? Math.min(0, low) : low - air, high + air];
}

/** A twelfth of air on either side, in decades. */
function logRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [0.1, 10];
  const air = Math.max(0.05, Math.log10(high / low) / 12);
  return [10 ** (Math.log10(low) - air), 10 ** (Math.log10(high) + air)];
}

function select(chart: uPlot, wish: Wish): void {
  const { left, width } = chart.select;
  if (width < 4) return;
  const zoom: [number, number] = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
  if (zoom[1] > zoom[0]) wish.onZoom(zoom);
}
