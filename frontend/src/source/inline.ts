// The offline report: everything is in the page, the runs packed until one of them is asked for.
import { stretches } from "../wire/frames";
import type { Carried, CarriedRun, CurveData, Document } from "../wire/types";
import type { Source } from "./source";

/** What the page carries: all but the runs, and each run as JSON in the order of the lines. */
export type Report = { carried: Carried; runs: () => Promise<string[]> };

export function inline({ carried, runs: unpacked }: Report): Source {
  const { document: index, catalog, lines, folder, made } = carried;
  const count = lines.length;
  const runs = runsOf(lines, unpacked);
  return {
    live: false,
    origin: [folder, dated(made), `tb-diagnose ${index.tool.version}`].filter(Boolean),
    state: async () => ({
      version: 1,
      state: "ready",
      message: "",
      sampled: false,
      runs: count,
      read: count,
      folders: count,
    }),
    runs: async () => ({
      version: 1,
      names: lines.map(({ name }) => name),
      runs: lines.map((line) => ({ ...line, changed: 1 })),
      summary: index.summary,
      comparisons: index.comparisons,
      problems: index.problems,
    }),
    run: async (name) => (await runs.named(name)).run,
    curves: async (name, names) => curvesOf(await runs.named(name), names),
    heats: async (name) =>
      (await runs.named(name)).heats.map((heat) => ({ ...heat, steps: heat.steps.length })),
    async heat(name, vital) {
      const heat = (await runs.named(name)).heats.find((map) => map.vital === vital);
      if (!heat) throw new Error(`There is no ${vital} of ${name} in this report.`);
      return heat;
    },
    catalog: async () => catalog,
    saved: (format) => (format === "json" ? () => whole(index, runs.all) : null),
  };
}

/** Unpacks the runs once; one after another is asked for its parts, so the last one is kept. */
function runsOf(lines: Carried["lines"], unpacked: Report["runs"]) {
  const places = new Map(lines.map(({ name }, at) => [name, at]));
  let texts: Promise<string[]> | null = null;
  let last: CarriedRun | null = null;
  const all = () => (texts ??= unpacked());
  return {
    all,
    async named(name: string): Promise<CarriedRun> {
      if (last?.run.name === name) return last;
      const text = (await all())[places.get(name) ?? -1];
      if (text === undefined) throw new Error(`There is no ${name} in this report.`);
      return (last = JSON.parse(text) as CarriedRun);
    },
  };
}

function curvesOf({ curves }: CarriedRun, names: readonly string[]): Map<string, CurveData> {
  const found = new Map<string, CurveData>();
  for (const name of names) {
    const curve = curves[name];
    if (!curve) continue;
    const nonfinite = stretches(curve.nonfinite, curve.steps, curve.values);
    found.set(name, { ...curve, nonfinite });
  }
  return found;
}

async function whole(index: Document, all: () => Promise<string[]>): Promise<Blob> {
  const runs = (await all()).map((text) => (JSON.parse(text) as CarriedRun).run);
  return new Blob([JSON.stringify({ ...index, runs }, null, 2)], { type: "application/json" });
}

/** `2026-11-28T15:39:22+00:00` as "2026-11-28 15:39 UTC"; as it is where it is of another form. */
const dated = (made: string): string =>
  made.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*(?:Z|\+00:00)$/, "$1 $2 UTC");
