// Curves as a chart takes them: one horizontal axis, gaps where nothing finite is known.
import type { Curve, Drawn, Stretch } from "../wire/routes";

/** A curve with the way it is drawn. */
export type Line = Drawn & { name: string; colour: string; dashed: boolean };
type Column = (number | null | undefined)[];

export type Table = {
  /** Steps, rising; or positions in the log where the steps themselves go back. */
  x: number[];
  /** A column for each line: null is a gap, undefined only means that others have a point here. */
  ys: Column[];
  /** Whether `x` counts positions, since the steps repeat or go back. */
  positions: boolean;
};

export function table(lines: readonly Line[]): Table {
  const positions = lines.some((line) => !rising(line.steps));
  const columns = lines.map((line) => {
    const x = positions ? Array.from(line.steps, (_, at) => at) : Array.from(line.steps);
    return { x, y: Array.from(line.values, finite) };
  });
  const first = columns[0];
  if (!first) return { x: [], ys: [], positions };
  if (columns.every((each) => alike(each.x, first.x))) {
    return { x: first.x, ys: columns.map((each) => each.y), positions };
  }
  const x = [...new Set(columns.flatMap((each) => each.x))].sort((a, b) => a - b);
  const place = new Map(x.map((step, at) => [step, at]));
  const ys = columns.map((each) => {
    const column: Column = new Array<undefined>(x.length).fill(undefined);
    each.x.forEach((step, at) => (column[place.get(step) ?? 0] = each.y[at]));
    return column;
  });
  return { x, ys, positions };
}

/** A curve of the document as one to draw: its finite points, and a gap at both ends of each stretch. */
export function drawnFrom(curve: Curve): Drawn {
  const points: [number, number | null][] = curve.steps.map((step, at) => [
    step,
    curve.values[at] ?? null,
  ]);
  const gap = curve.nonfinite.flatMap(({ first, last }): [number, null][] =>
    first === last
      ? [[first, null]]
      : [
          [first, null],
          [last, null],
        ],
  );
  const all = gap.length ? [...points, ...gap].sort(([a], [b]) => a - b) : points;
  return {
    steps: all.map(([step]) => step),
    values: all.map(([, value]) => value),
    full: curve.points,
    nonfinite: curve.nonfinite,
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
  a.length === b.length && a.every((each, at) => each === b[at]);

export type Point = { x: number; y: number };

/** The points of a line at these steps; a step thinned out gives its nearest neighbour. */
export function pointsAt(line: Line, steps: readonly number[], positions: boolean): Point[] {
  const points: Point[] = [];
  for (const step of steps) {
    const at = nearest(line.steps, step);
    const y = at < 0 ? null : (line.values[at] ?? null);
    if (y !== null && Number.isFinite(y))
      points.push({ x: positions ? at : (line.steps[at] as number), y });
  }
  return points;
}

function nearest(steps: ArrayLike<number>, step: number): number {
  let best = -1;
  let distance = Infinity;
  for (let at = 0; at < steps.length; at += 1) {
    const away = Math.abs((steps[at] as number) - step);
    if (away < distance) [best, distance] = [at, away];
  }
  return best;
}

/** First and last of the steps where they are a stretch of the curve, else null: single events. */
export function stretch(steps: readonly number[], line: Line | undefined): [number, number] | null {
  if (steps.length < 2) return null;
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  if (steps.length === 2) return [low, high];
  const within = Array.from(line?.steps ?? []).filter((step) => step >= low && step <= high).length;
  return within <= steps.length * 2 ? [low, high] : null;
}

/** Whether a logarithmic axis shows more: all is positive, and three decades or a few points far out flatten the rest. */
export function steep(lines: readonly Line[]): boolean {
  const [low, high] = extent(lines.map((line) => line.values));
  if (low <= 0 || !Number.isFinite(low)) return false;
  return (
    high / low >= 1000 || high / median(lines.flatMap((line) => Array.from(line.values))) >= 20
  );
}

function median(values: readonly (number | null)[]): number {
  const known = values
    .filter((each): each is number => each !== null && Number.isFinite(each))
    .sort((a, b) => a - b);
  return known[known.length >> 1] ?? NaN;
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

/** The non-finite stretches of all lines, each with what stood there. */
export const gaps = (lines: readonly Line[]): Stretch[] => lines.flatMap((line) => line.nonfinite);
