// The layers that a finding was judged by, as curves.
import { useEffect, useMemo, useState } from "preact/hooks";
import { heatOf } from "../actions";
import { type Scale, scaleOf } from "../lib/clock";
import { color } from "../lib/colors";
import { rowsOf } from "../lib/evidence_charts";
import type { Line } from "../lib/series";
import { dark, run } from "../state";
import type { Evidence, Heat, Outcome } from "../wire/types";
import { Chart } from "./chart";
import { labelOf, marksOf } from "./marked";

type Props = { outcome: Outcome; evidence: Evidence; vital: string };

/** Rows of a heat map as curves: what findings about layers are judged by. */
export function LayerFigure({ outcome, evidence, vital }: Props) {
  const heat = useHeat(vital);
  const isDark = dark.value;
  const scale = useMemo(() => heatScale(vital), [vital]);
  const lines = useMemo(
    () =>
      heat ? rowsOf(evidence, heat.rows).map((row, at) => heatLine(heat, row, at, isDark)) : [],
    [heat, evidence, isDark],
  );
  const marks = useMemo(
    () => marksOf(outcome, evidence, lines[0], scale),
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
        label={labelOf(lines)}
      />
    </div>
  );
}

/** A heat map of the shown run, kept while a newer one is on its way; null where there is none. */
export function useHeat(vital: string | null): Heat | null {
  const [heat, setHeat] = useState<Heat | null>(null);
  const of = run.value;
  useEffect(() => {
    let stale = false;
    if (vital && of) void heatOf(of.name, vital).then((found) => stale || setHeat(found));
    return () => void (stale = true);
  }, [vital, of]);
  return heat?.vital === vital ? heat : null;
}

export const heatScale = (vital: string): Scale =>
  scaleOf("step", { clock: [], counted_in: heatUnit(vital) }, [], 0);

/** What the steps of a heat map count: Keras writes histograms by the epoch, everything else by the step. */
export function heatUnit(vital: string): "epochs" | "steps" {
  const epochs = run.value?.steps?.counted_in === "epochs";
  return vital.startsWith("weights/") && epochs ? "epochs" : "steps";
}

export function heatLine(heat: Heat, row: number, place: number, isDark: boolean): Line {
  const size = heat.steps.length;
  return {
    name: heat.rows[row] ?? "",
    dashed: false,
    color: color(place + 1, isDark),
    x: Array.from(heat.steps),
    values: Array.from({ length: size }, (_, at) => heat.values[row * size + at] ?? null),
    full: size,
    nonfinite: [],
  };
}
