// One uPlot chart: axes, lines and the marks of a finding. No state: made again when anything changes.
import uPlot from "uplot";
import { clock, tick } from "../lib/numbers";
import { type Line, quantile, type Table } from "../lib/series";
import { smoothed } from "../lib/smooth";
import { decades, increment, multiples, secondsIncrement } from "../lib/ticks";
import { drawBehind, drawInFront, type Ink, type Marks } from "./marks";

type Options = {
  lines: readonly Line[];
  table: Table;
  marks: Marks | null;
  log: boolean;
  /** Leave out of the vertical range what lies beyond the 5th and the 95th of 100 values. */
  ignoreOutliers: boolean;
  smoothing: number;
  height: number;
  /** What the horizontal axis counts. */
  unit: string;
  /** The part of the axis that is shown, or null for all. */
  zoom: readonly [number, number] | null;
  onZoom: (zoom: [number, number] | null) => void;
  onCursor: (at: number | null) => void;
};

const FONT = "11px Roboto, system-ui, sans-serif";
// uPlot's own names for them exist for the compiler only.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
const [LINEAR, LOG] = [1 as uPlot.Scale.Distr.Linear, 3 as uPlot.Scale.Distr.Logarithmic];
/** Pixels between two ticks, at least. */
const ACROSS = 72;
const UPWARD = 32;

export function plot(host: HTMLElement, spec: Options): uPlot {
  const style = getComputedStyle(host);
  const ink = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const options: uPlot.Options = {
    width: Math.max(120, host.clientWidth),
    height: spec.height,
    padding: [spec.lines.some((line) => line.nonfinite.length) ? 16 : 8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      focus: { prox: -1 },
    },
    scales: {
      x: { time: false, range: (_, low, high) => xRange(low, high, spec.zoom) },
      y: { distr: spec.log ? LOG : LINEAR, range: yRange(spec) },
    },
    axes: [xAxis(ink, spec.unit), yAxis(ink, spec.log)],
    series: [{}, ...columns(spec, ink)],
    hooks: {
      drawClear: [(chart) => drawBehind(chart, spec, ink)],
      draw: [(chart) => drawInFront(chart, spec, ink)],
      setCursor: [(chart) => spec.onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => select(chart, spec)],
    },
  };
  return new uPlot(options, data(spec), host);
}

/** Raw columns; where it is smoothed, the raw ones again behind, faint. */
function data({ table, log, smoothing }: Options): uPlot.AlignedData {
  const raw = log ? table.ys.map((column) => column.map(positive)) : table.ys;
  const drawn = smoothing ? [...raw, ...raw.map((column) => smoothed(column, smoothing))] : raw;
  return [table.x, ...drawn] as uPlot.AlignedData;
}

const positive = (value: number | null | undefined) =>
  typeof value === "number" && value <= 0 ? null : value;

function columns({ lines, smoothing }: Options, ink: Ink): uPlot.Series[] {
  const sparse = lines.every((line) => line.x.length <= 6);
  const series = (line: Line, faint: boolean): uPlot.Series => ({
    stroke: faint ? `${line.color}48` : line.color,
    width: line.dashed ? 1.5 : 1.75,
    ...(line.dashed ? { dash: [5, 3] } : {}),
    points: {
      show: line.x.length === 1 || sparse,
      size: 4,
      fill: ink("surface"),
      stroke: line.color,
    },
  });
  const faint = smoothing > 0;
  const raw = lines.map((line) => series(line, faint));
  return faint ? [...raw, ...lines.map((line) => series(line, false))] : raw;
}

/** uPlot shows an axis only where an increment suits it; which ticks there are, `splits` decides. */
const incrs: uPlot.Axis.Incrs = (_, _axis, low, high) => [Math.max(10, high - low)];

function xAxis(ink: Ink, unit: string): uPlot.Axis {
  const between = (chart: uPlot, low: number, high: number) => {
    const most = chart.bbox.width / devicePixelRatio / ACROSS;
    if (unit === "time") return secondsIncrement(high - low, most);
    return Math.max(1, increment(high - low, most));
  };
  return {
    stroke: ink("muted"),
    font: FONT,
    size: 24,
    gap: 6,
    grid: { show: false },
    ticks: { show: false },
    border: { show: true, stroke: ink("line"), width: 1 },
    incrs,
    splits: (chart, _, low, high) => multiples(low, high, between(chart, low, high)),
    values: (chart, splits) => {
      const { min = 0, max = 1 } = chart.scales["x"] ?? {};
      const step = between(chart, min, max);
      return splits.map((at) => (unit === "time" ? clock(at, step) : compact(at, step)));
    },
  };
}

const compact = (step: number, between: number): string =>
  Math.abs(step) >= 10000 && between >= 1000
    ? `${(step / 1000).toLocaleString("en")}k`
    : step.toLocaleString("en");

function yAxis(ink: Ink, log: boolean): uPlot.Axis {
  const room = (chart: uPlot) => Math.max(2, chart.bbox.height / devicePixelRatio / UPWARD);
  const between = (chart: uPlot, low: number, high: number) => increment(high - low, room(chart));
  return {
    stroke: ink("muted"),
    font: FONT,
    gap: 8,
    size: (_, values: (string | null)[] | null) =>
      Math.max(46, 18 + 6.4 * Math.max(0, ...(values ?? []).map((text) => text?.length ?? 0))),
    grid: { stroke: ink("grid"), width: 1 },
    ticks: { show: false },
    border: { show: false },
    incrs,
    splits: (chart, _, low, high) =>
      log ? decades(low, high, room(chart)) : multiples(low, high, between(chart, low, high)),
    filter: (_, splits) => splits,
    values: (chart, splits) => {
      const { min = 0, max = 1 } = chart.scales["y"] ?? {};
      const step = between(chart, min, max);
      return splits.map((at) => tick(at, log && !atSteps(splits, step) ? at : step));
    },
  };
}

/** Whether the ticks are one increment apart, as on a linear axis. */
const atSteps = ([a = 0, b = 0, c]: number[], step: number): boolean =>
  c !== undefined && Math.abs(b - a - step) < step / 1e3 && Math.abs(c - b - step) < step / 1e3;

function xRange(low: number, high: number, zoom: Options["zoom"]): uPlot.Range.MinMax {
  if (zoom) return [zoom[0], zoom[1]];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** What is in sight, the reference lines near it, and some air. */
function yRange(spec: Options): NonNullable<uPlot.Scale["range"]> {
  return (_, low, high) => {
    if (!Number.isFinite(low) || !Number.isFinite(high) || (spec.log && low <= 0))
      return spec.log ? [0.1, 10] : [0, 1]; // uPlot gives null where nothing is in sight
    let [from, to] = [low, high];
    if (spec.ignoreOutliers) {
      const [least, most] = [quantile(spec.lines, 0.05), quantile(spec.lines, 0.95)];
      if (most > least) [from, to] = [Math.max(from, least), Math.min(to, most)];
    }
    for (const { value } of spec.marks?.references ?? [])
      if (near(value, from, to, spec.log))
        [from, to] = [Math.min(from, value), Math.max(to, value)];
    return spec.log ? airLog(from, to) : air(from, to);
  };
}

/** A line further away than the curve is high would flatten it. */
const near = (value: number, low: number, high: number, log: boolean): boolean =>
  log
    ? value > 0 && value > low / 30 && value < high * 30
    : value > low - (high - low || Math.abs(high)) && value < high + (high - low || Math.abs(high));

/** A tenth of air; 0 stays the floor of what is never negative and starts near it. */
function air(low: number, high: number): uPlot.Range.MinMax {
  const some = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low >= 0 && low < some * 3 ? Math.min(0, low) : low - some, high + some];
}

/** A twelfth of air on either side, in decades. */
function airLog(low: number, high: number): uPlot.Range.MinMax {
  const some = Math.max(0.05, Math.log10(high / low) / 12);
  return [10 ** (Math.log10(low) - some), 10 ** (Math.log10(high) + some)];
}

function select(chart: uPlot, spec: Options): void {
  const { left, width } = chart.select;
  if (width < 4) return;
  const zoom: [number, number] = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (zoom[1] > zoom[0]) spec.onZoom(zoom);
}
