// The outcomes of a run in the order of the page.
import type { Curve, Outcome, Run } from "../wire/types";

export type Group = { head: Outcome; consequences: Outcome[] };

/** Findings that stand for themselves, each with its consequences, which follow it in order. */
export function grouped(outcomes: readonly Outcome[]): Group[] {
  const groups: Group[] = [];
  for (const outcome of outcomes) {
    if (outcome.verdict !== "found") continue;
    const last = groups[groups.length - 1];
    if (outcome.caused_by !== null && last) last.consequences.push(outcome);
    else groups.push({ head: outcome, consequences: [] });
  }
  return groups;
}

/** What was found, in a sentence; the change that the document adds to it stands for itself. */
export function headline({ headline: whole, outcomes }: Run): string {
  const suggestion = grouped(outcomes)[0]?.head.evidence[0]?.suggestion ?? "";
  const bare =
    suggestion && whole.endsWith(suggestion) ? whole.slice(0, -suggestion.length) : whole;
  return bare.trim() || whole;
}

/** A cause that is likelier than not has the first word. */
const LIKELY = 0.5;

/** What to change first: as a likely cause asks for, else the first finding. */
export function change(run: Run): string {
  const cause = run.causes.find(({ change, probability }) => change && probability >= LIKELY);
  const first = grouped(run.outcomes)[0]?.head;
  return cause?.change ?? first?.evidence[0]?.suggestion ?? "";
}

/** Seconds that were trained after a critical finding could have been told; 0 for a run that goes on. */
export function secondsLost(run: Run): number {
  if (run.state === "running") return 0;
  const critical = run.outcomes.filter(
    ({ verdict, severity }) => verdict === "found" && severity === "critical",
  );
  const seconds = critical.map((outcome) => Number(outcome.seconds_after_detection ?? 0));
  return Math.max(0, ...seconds.filter(Number.isFinite));
}

type Cure = { how_to_enable: string; outcomes: Outcome[] };

/** What was not logged, by the line that would log it; the line that serves most stands first. */
export function cures(outcomes: readonly Outcome[]): Cure[] {
  const by = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const line = outcome.how_to_enable;
    by.set(line, [...(by.get(line) ?? []), outcome]);
  }
  const worth = (cure: Cure) => (cure.how_to_enable ? cure.outcomes.length : 0);
  return [...by]
    .map(([how_to_enable, all]) => ({ how_to_enable, outcomes: all }))
    .sort((a, b) => worth(b) - worth(a));
}

/** Outcomes by family, both in the order in which they come. */
export function families(outcomes: readonly Outcome[]): [string, Outcome[]][] {
  const by = new Map<string, Outcome[]>();
  for (const outcome of outcomes)
    by.set(outcome.family, [...(by.get(outcome.family) ?? []), outcome]);
  return [...by];
}

/** The main panels hold what plays a role; the others are there for whoever asks. */
type Panel = { title: string; curves: Curve[]; main: boolean };

const PAIRS: string[][] = [
  ["train_loss", "val_loss"],
  ["train_score", "val_score"],
  ["learning_rate"],
];

/** All curves of a run as small charts: what has a role first, then the others tag by tag. */
export function panels(run: Run): Panel[] {
  const paired = PAIRS.map((roles) =>
    run.curves.filter((curve) => curve.role !== null && roles.includes(curve.role)),
  );
  const rest = new Map<string, Curve[]>();
  for (const curve of run.curves.filter(
    (candidate) => !paired.some((pair) => pair.includes(candidate)),
  )) {
    const tag = bareTag(curve.name);
    rest.set(tag, [...(rest.get(tag) ?? []), curve]);
  }
  const main = paired.filter((pair) => pair.length);
  return [...main, ...rest.values()].map((curves, at) => ({
    title: quantity(curves[0]?.name ?? ""),
    curves,
    main: at < main.length || !main.length,
  }));
}

export const bareTag = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** What a curve is of: `train/epoch_learning_rate` as "learning rate". */
export const quantity = (name: string): string =>
  bareTag(name)
    .replace(/^(epoch|batch|train|val|validation)_(?=.)/, "")
    .replace(/_/g, " ");
