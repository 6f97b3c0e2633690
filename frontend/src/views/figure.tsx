// The series that a finding was judged by, with what it marks in them.
import { useEffect, useMemo, useState } from "preact/hooks";
import { curvesOf } from "../actions";
import { timeSeries } from "../address";
import { type Axis, type Scale, scaleOf } from "../lib/clock";
import { color, heldOut, paletteIndices } from "../lib/colors";
import { quantity } from "../lib/findings";
import { type ChartCurves, evidenceCharts, vitalOf } from "../lib/evidence_charts";
import { dataOf, type Line, summed } from "../lib/series";
import { axis, curves, dark, heatTitles, order, run, zoom } from "../state";
import type { Clock, Curve, CurveData, Evidence, Outcome, Run } from "../wire/types";
import { Chart } from "./chart";
import { LayerFigure } from "./layer_figure";
import { labelOf, marksOf } from "./marked";

type Props = { outcome: Outcome; evidence: Evidence };

export function Figure({ outcome, evidence }: Props) {
  const all = run.value?.curves;
  const shown = useMemo(() => evidenceCharts(evidence, all ?? []), [evidence, all]);
  const vital = vitalOf(
    outcome,
    heatTitles.value.map((heat) => heat.vital),
  );
  if (shown.length)
    return (
      <div class="figure">
        {shown.map((group, at) =>
          at ? (
            <CurveChart key={at} shown={group} height={120} />
          ) : (
            <CurveChart key={at} shown={group} height={200} outcome={outcome} evidence={evidence} />
          ),
        )}
      </div>
    );
  return vital ? <LayerFigure outcome={outcome} evidence={evidence} vital={vital} /> : null;
}

type ChartProps = { shown: ChartCurves; height: number } & Partial<Props>;

export function CurveChart({ shown, outcome, evidence, height }: ChartProps) {
  const [close, setClose] = useState<ReadonlyMap<string, CurveData> | null>(null);
  const [of, data, on, zoomed] = [run.value, curves.value, axis.value, zoom.value];
  const paint = usePaint();
  const name = of?.name ?? "";
  const first = shown.curves[0];
  const scale = useMemo(() => scaleFor(on, first, of, data), [on, first, of, data]);
  const lines = useMemo(
    () => linesOf(name, shown, close ?? data, scale, paint),
    [name, shown, close, data, scale, paint],
  );
  const marks = useMemo(
    () => (outcome && evidence ? marksOf(outcome, evidence, lines[0], scale) : null),
    [outcome, evidence, lines, scale],
  );
  const window = useMemo(
    () => stepsOf(zoomed, scaleFor("step", first, of, data)),
    [zoomed, first, of, data],
  );
  useEffect(() => {
    const names = shown.curves.map((curve) => curve.name);
    const thinned = names.some(
      (name) => (data.get(name)?.full ?? 0) > (data.get(name)?.steps.length ?? 0),
    );
    if (!window || !thinned) return setClose(null);
    let stale = false;
    curvesOf(name, names, window).then(
      (finer) => stale || setClose(finer),
      () => setClose(null),
    );
    return () => void (stale = true);
  }, [window, shown, name, data]);
  if (!first) return null;
  return (
    <Chart
      lines={lines}
      marks={marks}
      height={height}
      scale={scale}
      quantity={shown.sum ? `sum of ${shown.curves.length} curves` : quantity(first.name)}
      label={labelOf(lines)}
      elsewhere={timeSeries(name, first.name)}
    />
  );
}

/** What decides the colors of curves: TensorBoard's order of runs, and whether it is dark. */
type Paint = { order: readonly string[]; dark: boolean };

function usePaint(): Paint {
  const [runs, isDark] = [order.value, dark.value];
  return useMemo(() => ({ order: runs, dark: isDark }), [runs, isDark]);
}

/** The axis of a curve: epochs by whichever curve of the run counts them. */
function scaleFor(
  on: Axis,
  curve: Curve | undefined,
  of: Run | null,
  data: ReadonlyMap<string, CurveData>,
): Scale {
  const clockOf = (curve: Curve | undefined): Clock => data.get(curve?.name ?? "")?.clock ?? [];
  const epochs = of?.curves.find(({ counted_in }) => counted_in === "epochs");
  const start = Math.min(...[...data.values()].map(({ clock }) => clock[0]?.[1] ?? Infinity));
  const counted = { clock: clockOf(curve), counted_in: curve?.counted_in ?? "steps" };
  return scaleOf(on, counted, clockOf(epochs), Number.isFinite(start) ? start : 0);
}

/** The steps that a zoom asks for, by a scale of steps; null for all of them. */
function stepsOf(zoomed: typeof zoom.value, scale: Scale): [number, number] | null {
  const [low = null, high = null] = (zoomed ?? []).map(({ unit, x, seconds }) =>
    unit === `step ${scale.unit}` ? x : seconds === null ? null : scale.x(seconds),
  );
  return low !== null && high !== null && high > low ? [low, high] : null;
}

function linesOf(
  of: string,
  { curves: shown, sum }: ChartCurves,
  known: ReadonlyMap<string, CurveData>,
  scale: Scale,
  paint: Paint,
): Line[] {
  const found = shown.map((curve) => known.get(curve.name) ?? dataOf(curve));
  if (sum) {
    const name = shown.map((curve) => curve.name).join(" + ");
    return [lineOf(summed(found), name, color(1, paint.dark), scale)];
  }
  const indices = paletteIndices(of, shown, paint.order);
  return found.map((data, at) => {
    const { name = "", role = null } = shown[at] ?? {};
    const line = lineOf(data, name, color(indices[at] ?? at, paint.dark), scale);
    return { ...line, dashed: heldOut(name, role) };
  });
}

/** A curve as a line on an axis. */
export function lineOf(data: CurveData, name: string, ink: string, { position }: Scale): Line {
  const placed = (step: number) => position(step) ?? step;
  return {
    name,
    dashed: false,
    color: ink,
    x: Array.from(data.steps, placed),
    values: data.values,
    full: data.full,
    nonfinite: data.nonfinite.map(({ first, last, value }) => ({
      first: placed(first),
      last: placed(last),
      value,
    })),
  };
}
