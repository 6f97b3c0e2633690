// A measured value against its limit: in words, and on a line from 0 to 1.
import type { Measure } from "../wire/types";
import { brief } from "./numbers";

const ALARM: Record<Measure["operator"], (limit: string) => string> = {
  ">": (limit) => `alarm above ${limit}`,
  ">=": (limit) => `alarm at ${limit} or more`,
  "<": (limit) => `alarm below ${limit}`,
  "<=": (limit) => `alarm at ${limit} or less`,
};

/** "13.5 × ln K" and "alarm above 3". */
export function phrases({ value, operator, limit, unit }: Measure): {
  measured: string;
  alarm: string;
} {
  const times = unit.replace(/^times (the )?/, "× ").replace(/^of (ln K|ln \d+)/, "× $1");
  return { measured: `${brief(value)} ${times}`.trim(), alarm: ALARM[operator](brief(limit)) };
}

/** Shares of the width; the alarm reaches from `from` to `to`. */
export type Gauge = { value: number; limit: number; from: number; to: number };

/** Proportional from zero, logarithmic where one is 20 times the other. Null where it cannot be drawn. */
export function gauge(comparison: Measure): Gauge | null {
  const [value, limit] = [Number(comparison.value), Number(comparison.limit)];
  if (!Number.isFinite(value) || !Number.isFinite(limit)) return null;
  const at = scale(value, limit);
  const up = comparison.operator.startsWith(">");
  return {
    value: at(value),
    limit: at(limit),
    from: up ? at(limit) : 0,
    to: up ? 1 : at(limit),
  };
}

function scale(value: number, limit: number): (number: number) => number {
  const [low, high] = [Math.min(value, limit), Math.max(value, limit)];
  if (low > 0 && high / low > 20) {
    const decades = Math.log10(high / low);
    return (number) => 0.12 + (0.76 * Math.log10(number / low)) / decades;
  }
  const floor = Math.min(0, low);
  const span = (Math.max(0, high) - floor) * 1.25 || 1;
  return (number) => (number - floor) / span;
}
