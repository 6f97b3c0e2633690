// What a piece of evidence marks in the line it was judged by.
import type { Scale } from "../lib/clock";
import { brief } from "../lib/numbers";
import { extent, type Line, stretch } from "../lib/series";
import type { Evidence, Outcome } from "../wire/types";
import type { Marks } from "./marks";

/** What the evidence marks in its first line, on the chart's axis. */
export function marksOf(
  outcome: Outcome,
  evidence: Evidence,
  line: Line | undefined,
  { position }: Scale,
): Marks | null {
  if (!line) return null;
  const placed = evidence.steps.map(position).filter((x) => x !== null);
  const range = stretch(placed, line.x);
  const begins = placed[0] ?? null;
  const detected = outcome.detected_step === null ? null : position(outcome.detected_step);
  return {
    range,
    points: range ? placed.slice(0, 1) : placed,
    begins: range ? begins : null,
    detectable: detected !== null && begins !== null && detected > begins ? detected : null,
    references: evidence.references,
    severity: evidence.severity,
  };
}

/** What the lines show, for who cannot see them. */
export function labelOf(lines: readonly Line[]): string {
  return lines
    .map(({ name, values, nonfinite }) => {
      const [low, high] = extent([values]);
      const last = values[values.length - 1] ?? null;
      const broken = nonfinite.length ? ", not finite in places" : "";
      return Number.isFinite(low)
        ? `${name} between ${brief(low)} and ${brief(high)}, ${last === null ? "not finite" : brief(last)} at the end${broken}`
        : `${name}${broken}`;
    })
    .join("; ");
}
