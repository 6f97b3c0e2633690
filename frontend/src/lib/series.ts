// Curves as a chart takes them: one horizontal axis, gaps where nothing finite is known.
import { numeric } from "./numbers";
import type { Curve, CurveData, NonFiniteSpan } from "../wire/types";

/** A curve with the way it is drawn; `x` and `nonfinite` in the unit of the chart's axis. */
export type Line = {
  name: string;
  color: string;
  dashed: boolean;
  x: readonly number[];
  values: ArrayLike<number | null>;
  /** Points that the log holds, of which those are some. */
  full: number;
  nonfinite: readonly NonFiniteSpan[];
};
export type Column = (number | null | undefined)[];

export type Table = {
  /** Rising; or positions in the log where the steps themselves go back. */
  x: number[];
  /** A column for each line: null is a gap, undefined only means that others have a point here. */
  ys: Column[];
  /** Whether `x` counts positions, since the steps repeat or go back. */
  positions: boolean;
};

export function table(lines: readonly Line[]): Table {
  const positions = lines.some((line) => !rising(line.x));
  const columns = lines.map((line) => ({
    x: positions ? Array.from(line.x, (_, at) => at) : line.x,
    y: Array.from(line.values, finite),
  }));
  const first = columns[0];
  if (!first) return { x: [], ys: [], positions };
  if (columns.every((column) => alike(column.x, first.x))) {
    return { x: [...first.x], ys: columns.map((column) => column.y), positions };
  }
  const x = [...new Set(columns.flatMap((column) => column.x))].sort((a, b) => a - b);
  const place = new Map(x.map((step, at) => [step, at]));
  const ys = columns.map((column) => {
    const y: Column = new Array<undefined>(x.length).fill(undefined);
    column.x.forEach((step, at) => (y[place.get(step) ?? 0] = column.y[at]));
    return y;
  });
  return { x, ys, positions };
}

/** A curve of the document as one to draw: its finite points, and a gap at both ends of each stretch. */
export function dataOf(curve: Curve): CurveData {
  const points: [number, number | null][] = curve.steps.map((step, at) => [
    step,
    numeric(curve.values[at] ?? null),
  ]);
  const gaps = curve.nonfinite.flatMap(({ first, last }): [number, null][] =>
    [...new Set([first, last])].map((step) => [step, null]),
  );
  const all = gaps.length ? [...points, ...gaps].sort(([a], [b]) => a - b) : points;
  return {
    steps: all.map(([step]) => step),
    values: all.map(([, value]) => value),
    full: curve.points,
    nonfinite: curve.nonfinite,
    clock: [],
  };
}

/** The sum of several curves, at the steps that all of them have. */
export function summed(parts: readonly CurveData[]): CurveData {
  const [first, ...others] = parts;
  if (!first) return { steps: [], values: [], full: 0, nonfinite: [], clock: [] };
  const known = others.map(
    (part) => new Map(Array.from(part.steps, (step, at) => [step, part.values[at] ?? null])),
  );
  const steps: number[] = [];
  const values: (number | null)[] = [];
  Array.from(first.steps).forEach((step, at) => {
    if (!known.every((part) => part.has(step))) return;
    const terms = [first.values[at] ?? null, ...known.map((part) => part.get(step) ?? null)];
    steps.push(step);
    values.push(terms.every((term) => term !== null) ? terms.reduce((a, b) => a + b, 0) : null);
  });
  return {
    steps,
    values,
    full: Math.max(...parts.map((part) => part.full)),
    nonfinite: parts.flatMap((part) => part.nonfinite),
    clock: first.clock,
  };
}

const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

function rising(steps: ArrayLike<number>): boolean {
  for (let at = 1; at < steps.length; at += 1) {
    if ((steps[at] as number) < (steps[at - 1] as number)) return false;
  }
  return true;
}

const alike = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, at) => x === b[at]);

type Point = { x: number; y: number };

/** The points of a line at these places of the axis. Of a line that was thinned out, a place between
 * two of its points gives the nearer one, if that is no further away than points usually are. */
export function pointsAt(line: Line, places: readonly number[]): Point[] {
  const [first = 0, last = 0] = [line.x[0], line.x[line.x.length - 1]];
  const thinned = line.full > line.x.length;
  const reach = thinned ? (2 * (last - first)) / Math.max(1, line.x.length) : 0;
  const points: Point[] = [];
  for (const place of places) {
    const at = nearest(line.x, place);
    const [x, y] = [line.x[at], line.values[at]];
    if (x === undefined || y === null || y === undefined || !Number.isFinite(y)) continue;
    if (Math.abs(x - place) <= reach) points.push({ x, y });
  }
  return points;
}

/** Index of the number of a rising list that is nearest; -1 in an empty one. */
export function nearest(rising: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, rising.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < wanted) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  const [a, b] = [rising[low] as number, rising[high] as number];
  return wanted - a <= b - wanted ? low : high;
}

/** First and last of the steps where they are a stretch of the curve, else null: single events. */
export function stretch(
  steps: readonly number[],
  logged: ArrayLike<number>,
): [number, number] | null {
  if (steps.length < 2) return null;
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  if (steps.length === 2) return [low, high];
  const within = Array.from(logged).filter((step) => step >= low && step <= high).length;
  return within <= steps.length * 2 ? [low, high] : null;
}

/** Whether a logarithmic axis shows more: all is positive, and three decades or a few points far out flatten the rest. */
export function steep(lines: readonly Line[]): boolean {
  const [low, high] = extent(lines.map((line) => line.values));
  if (low <= 0 || !Number.isFinite(low)) return false;
  return high / low >= 1000 || high / quantile(lines, 0.5) >= 20;
}

/** Where a share of all finite values lies below. */
export function quantile(lines: readonly Pick<Line, "values">[], share: number): number {
  const known = lines
    .flatMap((line) => Array.from(line.values))
    .filter((value): value is number => value !== null && Number.isFinite(value))
    .sort((a, b) => a - b);
  return known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? NaN;
}

/** Smallest and largest finite value; [Infinity, -Infinity] where there is none. */
export function extent(columns: readonly ArrayLike<number | null>[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of columns) {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}
