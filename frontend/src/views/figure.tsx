// The curves behind a finding, with what it marks in them.
import { useMemo, useState } from "preact/hooks";
import { curvesOf } from "../actions";
import { drawnFor } from "../lib/groups";
import { brief } from "../lib/numbers";
import { drawnFrom, extent, type Line } from "../lib/series";
import { chosen, curves, dark, fleet, order, run } from "../state";
import { colour, heldOut, place } from "../lib/colours";
import type { Curve, Drawn, Evidence, Severity } from "../wire/routes";
import { Chart } from "./chart";

type Props = { evidence: Evidence; known: number | null; severity: Severity };

export function Figure({ evidence, known, severity }: Props) {
  const { charts, about } = useMemo(
    () => drawnFor(evidence, run.value?.curves ?? []),
    [evidence, run.value],
  );
  const marks = useMemo(
    () => (about ? { steps: evidence.steps, known: later(known, evidence.steps), severity } : null),
    [evidence, known, severity, about],
  );
  if (!charts.length) return null;
  return (
    <div class="figure">
      {charts.map((shown, at) => (
        <CurveChart key={at} shown={shown} marks={at ? null : marks} height={at ? 120 : 208} />
      ))}
    </div>
  );
}

/** When it could be known, where that is not where it shows first. */
const later = (known: number | null, steps: readonly number[]): number | null =>
  known === null || known === steps[0] ? null : known;

type ChartProps = {
  shown: readonly Curve[];
  height: number;
  marks?: Parameters<typeof Chart>[0]["marks"];
};

export function CurveChart({ shown, marks = null, height }: ChartProps) {
  const [close, setClose] = useState<ReadonlyMap<string, Drawn> | null>(null);
  const name = chosen.value ?? "";
  const lines = useMemo(
    () => shown.map((curve, at) => line(curve, at, shown, close ?? curves.value)),
    [shown, curves.value, close, order.value, dark.value],
  );
  const thinned = lines.some((each) => each.full > each.steps.length + each.nonfinite.length);
  const zoomed = async (zoom: [number, number] | null) => {
    if (zoom === null) setClose(null);
    else if (thinned)
      setClose(
        await curvesOf(
          name,
          shown.map((each) => each.name),
          zoom,
        ).catch(() => null),
      );
  };
  return (
    <Chart
      lines={lines}
      marks={marks}
      height={height}
      unit={shown[0]?.counted_in ?? "steps"}
      label={label(lines)}
      onZoom={(zoom) => void zoomed(zoom)}
    />
  );
}

/** The run's colour for the first curve and for its twin that was held out; others take the next. */
function line(
  curve: Curve,
  at: number,
  shown: readonly Curve[],
  known: ReadonlyMap<string, Drawn>,
): Line {
  const drawn = known.get(curve.name) ?? drawnFrom(curve);
  const dashed = heldOut(curve.name, curve.role);
  const own = place(
    chosen.value ?? "",
    order.value,
    fleet.value?.runs.findIndex((each) => each.name === chosen.value) ?? 0,
  );
  const kin = shown.slice(0, at).filter((each) => heldOut(each.name, each.role) === dashed).length;
  return { ...drawn, name: curve.name, dashed, colour: colour(own + kin, dark.value) };
}

function label(lines: readonly Line[]): string {
  return lines
    .map((each) => {
      const [low, high] = extent([each.values]);
      const last = each.values[each.values.length - 1] ?? null;
      const broken = each.nonfinite.length ? ", not finite in places" : "";
      return Number.isFinite(low)
        ? `${each.name} between ${brief(low)} and ${brief(high)}, ${last === null ? "open" : brief(last)} at the end${broken}`
        : `${each.name}${broken}`;
    })
    .join("; ");
}
