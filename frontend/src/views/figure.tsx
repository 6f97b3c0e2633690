// The series that a finding was judged by, with what it marks in them.
import { useEffect, useMemo, useState } from "preact/hooks";
import { curvesOf, heatOf } from "../actions";
import { timeSeries } from "../address";
import { type Axis, type Scale, scaleOf } from "../lib/clock";
import { color, heldOut, places } from "../lib/colors";
import { quantity } from "../lib/findings";
import { type Judged, judged, references, rowsOf, vitalOf } from "../lib/judged";
import { brief } from "../lib/numbers";
import { dataOf, extent, type Line, stretch, summed } from "../lib/series";
import { axis, chosen, curves, dark, heatTitles, order, run, zoom } from "../state";
import type { Clock, Curve, CurveData, Evidence, Heat, Outcome } from "../wire/routes";
import { Chart } from "./chart";
import type { Marks } from "./marks";

type Props = { outcome: Outcome; evidence: Evidence };

export function Figure({ outcome, evidence }: Props) {
  const all = run.value?.curves;
  const shown = useMemo(() => judged(evidence, all ?? []), [evidence, all]);
  const vital = vitalOf(
    outcome,
    heatTitles.value.map((title) => title.vital),
  );
  if (shown.length)
    return (
      <div class="figure">
        {shown.map((group, at) => (
          <CurveChart
            key={group.curves[0]?.name}
            shown={group}
            height={at ? 120 : 200}
            {...(at ? {} : { about: { outcome, evidence } })}
          />
        ))}
      </div>
    );
  return vital ? <LayerFigure outcome={outcome} evidence={evidence} vital={vital} /> : null;
}

type ChartProps = { shown: Judged; height: number; about?: Props };

export function CurveChart({ shown, about, height }: ChartProps) {
  const [close, setClose] = useState<ReadonlyMap<string, CurveData> | null>(null);
  const name = chosen.value ?? "";
  const first = shown.curves[0];
  const known = close ?? curves.value;
  const scale = useMemo(() => scaleFor(axis.value, first), [first, curves.value, axis.value]);
  const lines = useMemo(
    () => linesOf(name, shown, known, scale),
    [shown, known, scale, order.value, dark.value],
  );
  const marks = useMemo(
    () => about && marksOf(about, lines[0], scale, first),
    [about?.evidence, lines],
  );
  const window = steps(zoom.value, scale, first);
  const thinned = [...curves.value.values()].some((curve) => curve.full > curve.steps.length);
  useEffect(() => {
    if (!window || !thinned) return setClose(null);
    let stale = false;
    const names = shown.curves.map((curve) => curve.name);
    curvesOf(name, names, window).then(
      (finer) => stale || setClose(finer),
      () => setClose(null),
    );
    return () => void (stale = true);
  }, [String(window), shown, thinned]);
  if (!first) return null;
  return (
    <Chart
      lines={lines}
      marks={marks ?? null}
      height={height}
      scale={scale}
      quantity={shown.sum ? `sum of ${shown.curves.length} curves` : quantity(first.name)}
      label={label(lines)}
      elsewhere={timeSeries(name, first.name)}
    />
  );
}

/** The axis of a curve: epochs by whichever curve of the run counts them. */
function scaleFor(on: Axis, curve: Curve | undefined): Scale {
  const clockOf = (one: Curve | undefined): Clock => curves.value.get(one?.name ?? "")?.clock ?? [];
  const epochs = run.value?.curves.find((one) => one.counted_in === "epochs");
  const start = Math.min(...[...curves.value.values()].map((one) => one.clock[0]?.[1] ?? Infinity));
  const counted = { clock: clockOf(curve), counted_in: curve?.counted_in ?? "steps" };
  return scaleOf(on, counted, clockOf(epochs), Number.isFinite(start) ? start : 0);
}

/** The steps that a zoom asks for; null for all of them. */
function steps(
  zoomed: typeof zoom.value,
  scale: Scale,
  curve: Curve | undefined,
): [number, number] | null {
  if (!zoomed || !curve) return null;
  const own = scaleFor("step", curve);
  const [low, high] = zoomed.map(({ unit, x, seconds }) =>
    unit === `step ${own.unit}` ? x : seconds === null ? null : own.x(seconds),
  );
  return low != null && high != null && scale && high > low ? [low, high] : null;
}

function linesOf(
  run: string,
  { curves: shown, sum }: Judged,
  known: ReadonlyMap<string, CurveData>,
  scale: Scale,
): Line[] {
  const found = shown.map((curve) => known.get(curve.name) ?? dataOf(curve));
  const colors = places(run, shown, order.value);
  if (sum)
    return [lineOf(summed(found), shown.map(({ name }) => name).join(" + "), false, 1, scale)];
  return shown.map((curve, at) =>
    lineOf(
      found[at] ?? dataOf(curve),
      curve.name,
      heldOut(curve.name, curve.role),
      colors[at] ?? at,
      scale,
    ),
  );
}

function lineOf(
  data: CurveData,
  name: string,
  dashed: boolean,
  place: number,
  { position }: Scale,
): Line {
  const placed = (step: number) => position(step) ?? step;
  return {
    name,
    dashed,
    color: color(place, dark.value),
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

/** What the evidence marks in its first line, on the chart's axis. */
function marksOf(
  { outcome, evidence }: Props,
  line: Line | undefined,
  { position }: Scale,
  curve?: Curve,
): Marks | null {
  if (!line) return null;
  const placed = evidence.steps.map(position).filter((x) => x !== null);
  const range = stretch(placed, line.x);
  const begins = placed[0] ?? null;
  const detected = outcome.detected_step === null ? null : position(outcome.detected_step);
  const isLoss = !curve || /loss|error|mae|mse/i.test(`${curve.role ?? ""} ${curve.name}`);
  return {
    range,
    points: range ? placed.slice(0, 1) : placed,
    begins: range ? begins : null,
    detectable: detected !== null && begins !== null && detected > begins ? detected : null,
    references: references(evidence, line.values, isLoss),
    severity: evidence.severity,
  };
}

/** Rows of a heat map as curves: what findings about layers are judged by. */
function LayerFigure({ outcome, evidence, vital }: Props & { vital: string }) {
  const [heat, setHeat] = useState<Heat | null>(null);
  useEffect(() => void heatOf(vital).then(setHeat), [vital, run.value]);
  const scale = useMemo(
    () => scaleOf("step", { clock: [], counted_in: heatUnit(vital) }, [], 0),
    [vital],
  );
  const lines = useMemo(
    () => (heat ? rowsOf(evidence, heat.rows).map((row, at) => heatLine(heat, row, at)) : []),
    [heat, evidence, dark.value],
  );
  const marks = useMemo(
    () => marksOf({ outcome, evidence }, lines[0], scale),
    [outcome, evidence, lines, scale],
  );
  if (!heat || !lines.length) return null;
  return (
    <div class="figure">
      <Chart
        lines={lines}
        marks={marks}
        height={200}
        scale={scale}
        quantity={[heat.title, heat.unit].filter(Boolean).join(", ")}
        label={label(lines)}
      />
    </div>
  );
}

/** What the steps of a heat map count: Keras writes histograms by the epoch, everything else by the step. */
export function heatUnit(vital: string): "epochs" | "steps" {
  const epochs = run.value?.steps?.counted_in === "epochs";
  return vital.startsWith("weights/") && epochs ? "epochs" : "steps";
}

export function heatLine(heat: Heat, row: number, place: number): Line {
  const size = heat.steps.length;
  return {
    name: heat.rows[row] ?? "",
    dashed: false,
    color: color(place + 1, dark.value),
    x: Array.from(heat.steps),
    values: Array.from({ length: size }, (_, at) => heat.values[row * size + at] ?? null),
    full: size,
    nonfinite: [],
  };
}

function label(lines: readonly Line[]): string {
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
