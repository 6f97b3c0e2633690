// Every piece of state there is. Views read it, actions.ts writes it, nothing is kept elsewhere
// but what only one view needs (an open menu, a zoomed chart).
import { computed, signal } from "@preact/signals";
import { sifted } from "./lib/filter";
import type { Catalogue, Drawn, Fleet, Heat, HeatTitle, Run, State, Verdict } from "./wire/routes";

/** What the source says of itself; null until its first answer. */
export const status = signal<State | null>(null);
/** Why the source last did not answer, or empty. */
export const trouble = signal("");
/** All runs, without details; null until they came. */
export const fleet = signal<Fleet | null>(null);
/** Texts and limits of the diagnoses. */
export const catalogue = signal<Catalogue>({});

/** The run that is shown, by name. */
export const chosen = signal<string | null>(null);
/** Its details; kept while newer ones are on their way. */
export const run = signal<Run | null>(null);
/** Why the chosen run cannot be shown, or empty. */
export const missing = signal("");
/** Its curves in drawing resolution, by name. */
export const curves = signal<ReadonlyMap<string, Drawn>>(new Map());
/** The heat maps that it has. */
export const heatTitles = signal<readonly HeatTitle[]>([]);
/** The vital whose heat map is shown. */
export const vital = signal<string | null>(null);
/** The heat map itself. */
export const heat = signal<Heat | null>(null);

/** What the main column shows. */
export const page = signal<"run" | "compare">("run");
/** In a narrow window there is room for the list or for the page, not for both. */
export const inList = signal(true);
/** The filter of the list, a regular expression. */
export const filter = signal("");
/** The verdicts the list is limited to; empty for all. */
export const only = signal<ReadonlySet<Verdict>>(new Set());
/** Weight of the smoothing, 0 to 0.999. */
export const smoothing = signal(0);

/** Whether TensorBoard is dark. */
export const dark = signal(false);
/** TensorBoard's own runs in its order, which decides their colours. */
export const order = signal<readonly string[]>([]);
/** Whether anybody can see the page. */
export const visible = signal(true);

/** The runs in the list. */
export const listed = computed(() => sifted(fleet.value?.runs ?? [], filter.value, only.value));
