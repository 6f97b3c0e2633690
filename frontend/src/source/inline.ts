// The offline report: everything is in the page.
import { drawnFrom } from "../lib/series";
import { stretches } from "../wire/frames";
import type { Carried, Drawn, Fleet, Heat, Item, Run } from "../wire/routes";
import type { Source } from "./source";

/** Points of the small curve beside a run's name (the plugin gives as many). */
const SPARK = 40;

export function inline(carried: Carried): Source {
  const { document: whole, catalogue, heats } = carried;
  const runs = new Map(whole.runs.map((run) => [run.name, run]));
  const fleet: Fleet = {
    version: 1,
    runs: whole.runs.map(item),
    summary: whole.summary,
    comparisons: whole.comparisons,
  };
  return {
    live: false,
    state: async () => ({
      version: 1,
      state: "ready",
      message: "",
      sampled: false,
      runs: runs.size,
    }),
    fleet: async () => fleet,
    run: async (name) => known(runs.get(name), name),
    curves: async (run, names) => drawn(carried.curves[run] ?? {}, names),
    heats: async (run) => (heats[run] ?? []).map((each) => ({ ...each, steps: each.steps.length })),
    heat: async (run, vital) =>
      known(
        heats[run]?.find((each) => each.vital === vital),
        vital,
      ),
    catalogue: async () => catalogue,
    saved: (format) =>
      format === "json" ? saved(JSON.stringify(whole, null, 2), "application/json") : null,
  };
}

function drawn(all: Carried["curves"][string], names: readonly string[]): Map<string, Drawn> {
  const found = new Map<string, Drawn>();
  for (const name of names) {
    const each = all[name];
    if (each)
      found.set(name, { ...each, nonfinite: stretches(each.nonfinite, each.steps, each.values) });
  }
  return found;
}

function known<T extends Run | Heat>(found: T | undefined, name: string): T {
  if (!found) throw new Error(`There is no ${name} in this report.`);
  return found;
}

const saved = (text: string, type: string): string =>
  URL.createObjectURL(new Blob([text], { type }));

function item(run: Run): Item {
  const found = run.outcomes.filter((each) => each.verdict === "found");
  const heads = found.filter((each) => each.caused_by === null);
  const count = (severity: string) => heads.filter((each) => each.severity === severity).length;
  const main = run.curves.find((each) => each.role === "train_loss") ?? run.curves[0];
  return {
    name: run.name,
    verdict: run.verdict,
    headline: run.headline,
    worst: found[0]?.id ?? null,
    counts: { critical: count("critical"), warning: count("warning"), info: count("info") },
    spark: main ? sparse(drawnFrom(main)) : [],
    framework: run.framework,
    changed: 1,
  };
}

/** Evenly spread points; a gap of the log stays one. */
function sparse({ values }: Drawn): (number | null)[] {
  const kept = Math.min(values.length, SPARK);
  const stride = Math.max(1, (values.length - 1) / (SPARK - 1));
  return Array.from({ length: kept }, (_, at) => values[Math.round(at * stride)] ?? null);
}
