// The parts of a run in the order of the page.
import type { Curve, Evidence, Outcome, Run } from "../wire/document";
import { heldOut } from "./colours";

export type Group = { head: Outcome; led: Outcome[] };

/** Findings that stand for themselves, each with its consequences, which follow it in order. */
export function grouped(outcomes: readonly Outcome[]): Group[] {
  const groups: Group[] = [];
  for (const each of outcomes) {
    if (each.verdict !== "found") continue;
    const last = groups[groups.length - 1];
    if (each.caused_by !== null && last) last.led.push(each);
    else groups.push({ head: each, led: [] });
  }
  return groups;
}

export type Cure = { how_to_enable: string; outcomes: Outcome[] };

/** What could not be checked, by what would enable it; the line that enables most stands first. */
export function cures(outcomes: readonly Outcome[]): Cure[] {
  const by = new Map<string, Outcome[]>();
  for (const each of outcomes) {
    if (each.verdict === "not-logged")
      by.set(each.how_to_enable, [...(by.get(each.how_to_enable) ?? []), each]);
  }
  const worth = (cure: Cure) => (cure.how_to_enable ? cure.outcomes.length : 0);
  return [...by]
    .map(([how_to_enable, all]) => ({ how_to_enable, outcomes: all }))
    .sort((a, b) => worth(b) - worth(a));
}

/** Outcomes by family, both in the order in which they come. */
export function families(outcomes: readonly Outcome[]): [string, Outcome[]][] {
  const by = new Map<string, Outcome[]>();
  for (const each of outcomes) by.set(each.family, [...(by.get(each.family) ?? []), each]);
  return [...by];
}

/** The curves that one evidence names; a bare tag finds its folder, one with a role first. */
export function named(evidence: Evidence, curves: readonly Curve[]): Curve[] {
  const tags = [evidence.tag, ...evidence.related].flatMap((tag) => tag.split(" + "));
  const found = tags.map((tag) => resolved(tag, curves)).filter((each) => each !== undefined);
  return [...new Set(found)];
}

function resolved(tag: string, curves: readonly Curve[]): Curve | undefined {
  const bare = curves.filter((each) => each.name.endsWith(`/${tag}`));
  return curves.find((each) => each.name === tag) ?? bare.find((each) => each.role) ?? bare[0];
}

const TWINS: Record<string, string> = {
  train_loss: "val_loss",
  val_loss: "train_loss",
  train_score: "val_score",
  val_score: "train_score",
};

/** The same curves, and the training or validation curve that belongs to the first of them. */
export function withTwin(shown: readonly Curve[], curves: readonly Curve[]): Curve[] {
  const first = shown[0];
  if (!first || shown.length > 3) return [...shown];
  const tag = bare(first.name);
  const twin = curves.find((each) =>
    first.role && TWINS[first.role]
      ? each.role === TWINS[first.role]
      : each !== first &&
        each.name.endsWith(`/${tag}`) &&
        heldOut(each.name, each.role) !== heldOut(first.name, first.role),
  );
  return [...new Set(twin ? [...shown, twin] : shown)];
}

/** What a card draws: the evidence's curves, chart by chart, or the losses where it is about something else. */
export function drawnFor(
  evidence: Evidence,
  curves: readonly Curve[],
): { charts: Curve[][]; about: boolean } {
  const shown = named(evidence, curves);
  if (!shown.length) {
    const losses = curves.filter((each) => each.role === "train_loss" || each.role === "val_loss");
    return { charts: losses.length ? [losses] : [], about: false };
  }
  const quantities = new Map<string, Curve[]>();
  for (const each of shown)
    quantities.set(quantity(each), [...(quantities.get(quantity(each)) ?? []), each]);
  return {
    charts: [...quantities.values()].slice(0, CHARTS).map((each) => withTwin(each, curves)),
    about: true,
  };
}

/** Charts of one evidence at most (chosen: a card is no dashboard). */
const CHARTS = 2;

/** A loss and an accuracy share no axis. */
const quantity = (curve: Curve): string =>
  curve.role?.replace(/^(train|val)_/, "") ?? bare(curve.name);

/** `main` panels hold what plays a role; the others are there for whoever asks. */
export type Panel = { title: string; curves: Curve[]; main: boolean };

const PAIRS: string[][] = [
  ["train_loss", "val_loss"],
  ["train_score", "val_score"],
  ["learning_rate"],
];

/** All curves of a run as small charts: what has a role first, then the others tag by tag. */
export function panels(run: Run): Panel[] {
  const paired = PAIRS.map((roles) =>
    run.curves.filter((each) => each.role !== null && roles.includes(each.role)),
  );
  const rest = new Map<string, Curve[]>();
  for (const each of run.curves.filter((one) => !paired.some((pair) => pair.includes(one)))) {
    const tag = bare(each.name);
    rest.set(tag, [...(rest.get(tag) ?? []), each]);
  }
  const main = paired.filter((each) => each.length);
  return [...main, ...rest.values()].map((curves, at) => ({
    title: titled(curves[0]?.name ?? ""),
    curves,
    main: at < main.length || !main.length,
  }));
}

const bare = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** `train/epoch_learning_rate` as "Learning rate". */
function titled(name: string): string {
  const words = bare(name)
    .replace(/^(epoch|batch|train|val|validation)_(?=.)/, "")
    .replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
