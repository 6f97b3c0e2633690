// From steps to moments and back, by what a curve's log tells of its time.
import type { Clock } from "../wire/types";

/** The moment of a step, in seconds since 1970; null where the log does not tell. */
export const momentAt = (clock: Clock, step: number): number | null =>
  interpolated(clock, step, 0, 1);

/** The step at a moment; null where the log does not tell. */
export const stepAt = (clock: Clock, moment: number): number | null =>
  interpolated(clock, moment, 1, 0);

/** Between two of the known pairs along a line; beyond the ends as between the last two. */
function interpolated(clock: Clock, at: number, from: 0 | 1, to: 0 | 1): number | null {
  const last = clock[clock.length - 1];
  if (clock.length < 2 || !last || last[from] === (clock[0]?.[from] ?? 0)) return null;
  let right = clock.findIndex((pair) => pair[from] >= at);
  if (right < 0) right = clock.length - 1;
  while (right > 1 && clock[right]?.[from] === clock[right - 1]?.[from]) right -= 1;
  right = Math.max(1, right);
  const [low, high] = [clock[right - 1] ?? last, clock[right] ?? last];
  const width = high[from] - low[from];
  return width ? low[to] + ((at - low[from]) / width) * (high[to] - low[to]) : low[to];
}

/** What the horizontal axes count. */
export type Axis = "step" | "epoch" | "time";

/** The horizontal axis of a chart. */
export type Scale = {
  /** "epoch", "step" or "time", in seconds since the run began. */
  unit: string;
  /** Where a step of the curve stands on the axis; null where the log does not tell. */
  position: (step: number) => number | null;
  /** The moment of a place on the axis, in seconds since 1970, and the place of a moment. */
  seconds: (x: number) => number | null;
  x: (seconds: number) => number | null;
};

type Counted = { clock: Clock; counted_in: string };

/** A curve's axis: its steps as logged, epochs, or time; as logged where it cannot be had otherwise. */
export function scaleOf(axis: Axis, curve: Counted, epochs: Clock, start: number): Scale {
  const { clock, counted_in } = curve;
  const timed = clock.length > 1;
  if (axis === "time" && timed)
    return {
      unit: "time",
      position: (step) => plus(momentAt(clock, step), -start),
      seconds: (x) => x + start,
      x: (seconds) => seconds - start,
    };
  if (axis === "epoch" && counted_in !== "epochs" && timed && epochs.length > 1)
    return {
      unit: "epoch",
      position: (step) => through(momentAt(clock, step), (moment) => stepAt(epochs, moment)),
      seconds: (x) => momentAt(epochs, x),
      x: (seconds) => stepAt(epochs, seconds),
    };
  return {
    unit: counted_in.replace(/s$/, ""),
    position: (step) => step,
    seconds: (x) => momentAt(clock, x),
    x: (seconds) => stepAt(clock, seconds),
  };
}

const plus = (a: number | null, b: number): number | null => (a === null ? null : a + b);
const through = (a: number | null, next: (a: number) => number | null): number | null =>
  a === null ? null : next(a);
