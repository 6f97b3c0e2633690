// Moments of the run, which all charts share, and their places on the axis of one.
import type { Scale } from "../lib/clock";
import { axis, type Moment } from "../state";

export const momentOf = (x: number, scale: Scale): Moment => ({
  unit: `${axis.value} ${scale.unit}`,
  x,
  seconds: scale.seconds(x),
});

/** Where a moment stands on a chart's axis; null where that cannot be told. */
export function positionAt(at: Moment | null, scale: Scale): number | null {
  if (!at) return null;
  if (at.unit === `${axis.value} ${scale.unit}`) return at.x;
  return at.seconds === null ? null : scale.x(at.seconds);
}
