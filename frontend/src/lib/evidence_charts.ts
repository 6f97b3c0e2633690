// The series that a piece of evidence was judged by.
import type { Curve, Evidence, Outcome } from "../wire/types";
import { heldOut } from "./colors";
import { bareTag, quantity } from "./findings";

/** The parts that a tag in evidence names: a sum of curves is written `a + b`. */
export const terms = (tag: string): string[] => tag.split(" + ");

/** What to draw: curves of one quantity, or one curve that is the sum of them. */
export type ChartCurves = { curves: Curve[]; sum: boolean };

/** The charts of one evidence; none where it is about no curve. */
export function evidenceCharts(evidence: Evidence, curves: readonly Curve[]): ChartCurves[] {
  const parts = terms(evidence.tag);
  if (parts.length > 1) {
    const found = parts.map((part) => resolved(part, curves));
    const known = found.filter((curve) => curve !== undefined);
    return known.length === parts.length ? [{ curves: known, sum: true }] : [];
  }
  const named = [evidence.tag, ...evidence.related.flatMap(terms)];
  const found = [...new Set(named.map((tag) => resolved(tag, curves)))];
  const quantities = new Map<string, Curve[]>();
  for (const curve of found) {
    if (!curve) continue;
    const name = quantityOf(curve);
    quantities.set(name, [...(quantities.get(name) ?? []), curve]);
  }
  return [...quantities.values()]
    .slice(0, CHARTS)
    .map((group) => ({ curves: withTwin(group, curves), sum: false }));
}

/** Charts of one evidence at most (chosen: a card is no dashboard). */
const CHARTS = 2;

/** A loss and an accuracy share no axis. */
const quantityOf = (curve: Curve): string =>
  curve.role?.replace(/^(train|val)_/, "") ?? quantity(curve.name);

/** A bare tag finds its folder, one with a role first. */
function resolved(tag: string, curves: readonly Curve[]): Curve | undefined {
  const ending = curves.filter((curve) => curve.name.endsWith(`/${tag}`));
  return curves.find((curve) => curve.name === tag) ?? ending.find(({ role }) => role) ?? ending[0];
}

const TWINS: Record<string, string> = {
  train_loss: "val_loss",
  val_loss: "train_loss",
  train_score: "val_score",
  val_score: "train_score",
};

/** The same curves, and the training or validation curve that belongs to the first of them. */
function withTwin(shown: readonly Curve[], curves: readonly Curve[]): Curve[] {
  const first = shown[0];
  if (!first || shown.length > 3) return [...shown];
  const tag = bareTag(first.name);
  const twin = curves.find((curve) =>
    first.role && TWINS[first.role]
      ? curve.role === TWINS[first.role]
      : curve !== first &&
        curve.name.endsWith(`/${tag}`) &&
        heldOut(curve.name, curve.role) !== heldOut(first.name, first.role),
  );
  return [...new Set(twin ? [...shown, twin] : shown)];
}

/** Which heat map holds what a finding about layers was judged by: the end of the vital's name. */
const VITALS: [RegExp, string][] = [
  [/dead/, "/dead"],
  [/saturat/, "/saturated"],
  [/update-ratio/, "/update_ratio"],
  [/gradient/, "/gradient_norm"],
  [/frozen|sparse-updates/, "weights/movement"],
  [/weights|initial/, "weights/std"],
];

/** The vital that a finding is drawn from where its tag is no curve, of those that the run has. */
export function vitalOf(outcome: Outcome, vitals: readonly string[]): string | null {
  const ending = VITALS.find(([pattern]) => pattern.test(outcome.id))?.[1];
  return vitals.find((vital) => ending && vital.endsWith(ending)) ?? null;
}

/** The rows of a heat map that evidence names, by their tags or in its sentence; four at most. */
export function rowsOf(evidence: Evidence, rows: readonly string[]): number[] {
  const tags = new Set([evidence.tag, ...evidence.related]);
  const words = new Set(
    evidence.message.split(/[\s,;:()]+/).map((word) => word.replace(/\.$/, "")),
  );
  return rows
    .map((row, at) => (tags.has(row) || words.has(row) ? at : -1))
    .filter((at) => at >= 0)
    .slice(0, 4);
}
