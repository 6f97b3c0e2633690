// The offline report: everything is in the page.
import { stretches } from "../wire/frames";
import type { Carried, CurveData, Heat, Run } from "../wire/types";
import type { Source } from "./source";

export function inline(carried: Carried): Source {
  const { document: whole, catalog, heats, lines, folder, made } = carried;
  const runs = new Map(whole.runs.map((run) => [run.name, run]));
  const [read, folders] = [runs.size, runs.size];
  return {
    live: false,
    origin: [folder, made, `tb-diagnose ${whole.tool.version}`].filter(Boolean).join(" · "),
    state: async () => ({
      version: 1,
      state: "ready",
      message: "",
      sampled: false,
      runs: runs.size,
      read,
      folders,
    }),
    runs: async () => ({
      version: 1,
      names: whole.runs.map(({ name }) => name),
      runs: lines.map((line) => ({ ...line, changed: 1 })),
      summary: whole.summary,
      comparisons: whole.comparisons,
      problems: whole.problems,
    }),
    run: async (name) => known(runs.get(name), name),
    curves: async (run, names) => curves(carried.curves[run] ?? {}, names),
    heats: async (run) => (heats[run] ?? []).map((heat) => ({ ...heat, steps: heat.steps.length })),
    heat: async (run, vital) =>
      known(
        heats[run]?.find((heat) => heat.vital === vital),
        vital,
      ),
    catalog: async () => catalog,
    saved: (format) =>
      format === "json" ? saved(JSON.stringify(whole, null, 2), "application/json") : null,
  };
}

function curves(all: Carried["curves"][string], names: readonly string[]): Map<string, CurveData> {
  const found = new Map<string, CurveData>();
  for (const name of names) {
    const curve = all[name];
    if (!curve) continue;
    const nonfinite = stretches(curve.nonfinite, curve.steps, curve.values);
    found.set(name, { ...curve, nonfinite });
  }
  return found;
}

function known<T extends Run | Heat>(found: T | undefined, name: string): T {
  if (!found) throw new Error(`There is no ${name} in this report.`);
  return found;
}

const saved = (text: string, type: string): string =>
  URL.createObjectURL(new Blob([text], { type }));
