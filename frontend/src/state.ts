// Every piece of state there is. Views read it, actions.ts writes it, nothing is kept elsewhere but
// what only one view needs (an open menu, the logarithmic axis of one chart).
import { computed, signal } from "@preact/signals";
import type { Axis } from "./lib/clock";
import { filtered } from "./lib/filter";
import { commonFolder } from "./lib/names";
import { type Looks, newIn } from "./lib/news";
import type { Catalog, CurveData, HeatTitle, Run, RunList, State, Verdict } from "./wire/types";

/** A moment in the run: a place on one kind of axis, and its time where the log tells it. */
export type Moment = { unit: string; x: number; seconds: number | null };

/** What the source says of itself; null until its first answer. */
export const status = signal<State | null>(null);
/** Why the source last did not answer, or empty. */
export const trouble = signal("");
/** All runs, without details; null until they came. */
export const runs = signal<RunList | null>(null);
/** Texts and limits of the diagnoses. */
export const catalog = signal<Catalog>({});

/** What the main column shows: all runs, one, or several side by side. */
export const view = signal<"overview" | "run" | "compare">("run");
/** The run that is shown, by name. */
export const chosen = signal<string | null>(null);
/** Its details; kept while newer ones are on their way. */
export const run = signal<Run | null>(null);
/** Why the chosen run cannot be shown, or empty. */
export const missing = signal("");
/** Its curves in drawing resolution, by name. */
export const curves = signal<ReadonlyMap<string, CurveData>>(new Map());
/** The heat maps that it has. */
export const heatTitles = signal<readonly HeatTitle[]>([]);
/** The vital whose heat map is shown. */
export const vital = signal<string | null>(null);

/** The filter of the list, a regular expression. */
export const filter = signal("");
/** The verdicts the list is limited to; empty for all. */
export const only = signal<ReadonlySet<Verdict>>(new Set());
/** The finding the list is limited to, or empty. */
export const finding = signal("");
/** Runs picked for comparison; empty for all that the filter lets through. */
export const picked = signal<ReadonlySet<string>>(new Set());
/** The role whose curves are compared. */
export const compared = signal("train_loss");

/** What the horizontal axes count. */
export const axis = signal<Axis>("step");
/** Weight of the smoothing, 0 to 0.999. */
export const smoothing = signal(0);
/** Whether the vertical axes leave out the outermost values. */
export const ignoreOutliers = signal(false);
/** Where the cursor is, in all charts of the run. */
export const cursor = signal<Moment | null>(null);
/** The part of the run that all charts show; null for all of it. */
export const zoom = signal<readonly [Moment, Moment] | null>(null);

/** When somebody last looked. */
export const looks = signal<Looks>({ page: Infinity, runs: new Map() });
/** In a narrow window there is room for the list or for the page, not for both. */
export const inList = signal(true);
/** Width of the list in pixels. */
export const sidebarWidth = signal(304);
/** Whether the sheet of keys is open. */
export const helpOpen = signal(false);
/** Details of the runs that are printed below a view of many runs. */
export const printed = signal<readonly Run[]>([]);
/** Whether the page is being printed. */
export const printing = signal(false);
/** Whether TensorBoard is dark. */
export const dark = signal(false);
/** TensorBoard's own runs in its order, which decides their colors. */
export const order = signal<readonly string[]>([]);
/** Whether anybody can see the page. */
export const visible = signal(true);

/** The runs in the list. */
export const listed = computed(() =>
  filtered(runs.value?.runs ?? [], {
    text: filter.value,
    only: only.value,
    finding: finding.value,
  }),
);
/** The folders that all names begin with. */
export const folder = computed(() =>
  commonFolder((runs.value?.runs ?? []).map(({ name }) => name)),
);
/** How many findings came since somebody looked, of all runs. */
export const news = computed(() =>
  (runs.value?.runs ?? []).reduce((sum, item) => sum + newIn(item, looks.value).length, 0),
);
/** Runs that were found but not read yet. */
export const unread = computed(() => {
  const { read = 0, folders = 0 } = status.value ?? {};
  return Math.max(0, folders - read);
});
