// The binary answers: u32 header length, JSON header, padding to 8 bytes, float64 steps, float32 values.
import type { Drawn, Heat, Scale, Stretch } from "./routes";

type Point = { step: number; value: string };
type CurvesHeader = {
  curves: { name: string; points: number; full: number; nonfinite: Point[]; offset: number }[];
};
type HeatHeader = { rows: string[]; steps: number; vital: string; unit: string; scale: Scale };

/** The header and where the numbers begin. Throws where the answer is cut short. */
function opened(buffer: ArrayBuffer): { header: unknown; start: number } {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  return { header: JSON.parse(text), start: Math.ceil((4 + length) / 8) * 8 };
}

export function curvesOf(buffer: ArrayBuffer): Map<string, Drawn> {
  const { header, start } = opened(buffer);
  const drawn = new Map<string, Drawn>();
  for (const each of (header as CurvesHeader).curves) {
    const at = start + each.offset;
    drawn.set(each.name, {
      steps: new Float64Array(buffer, at, each.points),
      values: new Float32Array(buffer, at + 8 * each.points, each.points),
      full: each.full,
      nonfinite: stretches(each.nonfinite),
    });
  }
  return drawn;
}

export function heatOf(buffer: ArrayBuffer): Heat {
  const { header, start } = opened(buffer);
  const { rows, steps, ...rest } = header as HeatHeader;
  return {
    ...rest,
    rows,
    steps: new Float64Array(buffer, start, steps),
    values: new Float32Array(buffer, start + 8 * steps, rows.length * steps),
  };
}

/** Points of one kind that follow each other, as stretches. */
export function stretches(points: readonly Point[]): Stretch[] {
  const found: Stretch[] = [];
  for (const { step, value } of points) {
    const last = found[found.length - 1];
    if (last && last.value === value && step >= last.last && step - last.last <= gap(last)) {
      last.last = step;
      last.count += 1;
    } else {
      found.push({ first: step, last: step, count: 1, value });
    }
  }
  return found;
}

/** The largest step between neighbours: 1 at first, then the stretch's own. */
function gap(stretch: Stretch): number {
  const own = (stretch.last - stretch.first) / (stretch.count - 1);
  return stretch.count > 1 ? own * 1.5 : 1;
}
