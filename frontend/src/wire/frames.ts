// The binary answers: u32 header length, JSON header, padding to 8 bytes, float64 steps, float32 values.
import type { CurveData, CurvesHead, Heat, HeatTitle, NonFiniteEnd, NonFiniteSpan } from "./types";

/** The header and where the numbers begin. Throws where the answer is cut short. */
function opened(buffer: ArrayBuffer): { header: unknown; start: number } {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  return { header: JSON.parse(text), start: Math.ceil((4 + length) / 8) * 8 };
}

export function curvesOf(buffer: ArrayBuffer): Map<string, CurveData> {
  const { header, start } = opened(buffer);
  const curves = new Map<string, CurveData>();
  for (const curve of (header as CurvesHead).curves) {
    const at = start + curve.offset;
    const steps = new Float64Array(buffer, at, curve.points);
    const values = new Float32Array(buffer, at + 8 * curve.points, curve.points);
    curves.set(curve.name, {
      steps,
      values,
      full: curve.full,
      nonfinite: stretches(curve.nonfinite, steps, values),
      clock: curve.clock,
    });
  }
  return curves;
}

export function heatOf(buffer: ArrayBuffer): Heat {
  const { header, start } = opened(buffer);
  const { rows, steps, ...rest } = header as HeatTitle;
  return {
    ...rest,
    rows,
    steps: new Float64Array(buffer, start, steps),
    values: new Float32Array(buffer, start + 8 * steps, rows.length * steps),
  };
}

/** Two ends of one kind with nothing finite between them belong to one stretch. */
export function stretches(
  ends: readonly NonFiniteEnd[],
  steps: CurveData["steps"],
  values: CurveData["values"],
): NonFiniteSpan[] {
  const found: NonFiniteSpan[] = [];
  let at = 0;
  for (const { step, value } of ends) {
    let broken = false;
    for (; at < steps.length && (steps[at] as number) < step; at += 1)
      broken ||= finite(values[at]);
    const last = found[found.length - 1];
    if (last && last.value === value && !broken) last.last = step;
    else found.push({ first: step, last: step, value });
  }
  return found;
}

const finite = (value: number | null | undefined): boolean =>
  typeof value === "number" && Number.isFinite(value);
