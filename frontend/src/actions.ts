// Everything that changes the state.
import { batch } from "@preact/signals";
import { hostRuns, preferences, remember, remembered, watchAddress } from "./host";
import { arranged } from "./lib/heat";
import type { Source } from "./source/source";
import * as at from "./state";
import type { Drawn, Verdict } from "./wire/routes";

/** Milliseconds between two questions whether anything is new. */
const PAUSE = 2000;

let source: Source;
/** Rises with every choice: an answer to an older one is not shown. */
let turn = 0;
let asking = false;

export const isLive = (): boolean => source.live;
export const savedAt: Source["saved"] = (format, run) => source.saved(format, run);

/** Starts to show what `from` gives, and keeps it up to date where it can change. */
export async function begin(from: Source): Promise<void> {
  source = from;
  const wishes = preferences();
  batch(() => {
    at.filter.value = remembered("filter") || wishes.filter;
    at.smoothing.value = wishes.smoothing;
    at.chosen.value = remembered("run") || null;
    at.inList.value = !at.chosen.value;
    at.page.value = remembered("page") === "compare" ? "compare" : "run";
  });
  watchAddress(follow);
  await refresh();
  at.catalogue.value = await source.catalogue().catch(() => ({}));
  if (source.live) setInterval(() => at.visible.value && void refresh(), PAUSE);
}

/** Shows the run that the address has come to name. */
function follow(): void {
  const name = remembered("run");
  if (name && name !== at.chosen.value) choose(name);
}

/** Asks what is new, and fetches what has changed; one question at a time. */
export async function refresh(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const state = await source.state();
    at.status.value = state;
    if (state.state === "ready" && state.version !== at.fleet.value?.version) await refreshFleet();
    if (state.state === "empty") at.fleet.value = null;
    at.trouble.value = state.state === "error" ? state.message : "";
  } catch (error) {
    at.trouble.value = said(error);
  } finally {
    asking = false;
  }
}

async function refreshFleet(): Promise<void> {
  const [fleet, order] = await Promise.all([source.fleet(), hostRuns()]);
  const name = at.chosen.value;
  const before = at.fleet.value?.runs.find((each) => each.name === name)?.changed;
  batch(() => {
    at.fleet.value = fleet;
    if (order.length) at.order.value = order;
  });
  const now = fleet.runs.find((each) => each.name === name);
  const first = fleet.runs[0];
  if (name === null && first) await show(first.name);
  else if (name !== null && (!at.run.value || now?.changed !== before)) await show(name);
}

/** Shows a run: its details at once, its curves and heat maps as they come. */
export async function show(name: string): Promise<void> {
  const mine = ++turn;
  const same = at.run.value?.name === name;
  at.chosen.value = name;
  try {
    const run = await source.run(name);
    if (mine !== turn) return;
    batch(() => {
      at.run.value = run;
      at.missing.value = "";
      if (!same) forget();
    });
    const names = run.curves.map((each) => each.name);
    const [curves, titles] = await Promise.all([
      names.length ? source.curves(name, names) : new Map<string, Drawn>(),
      source.heats(name),
    ]);
    if (mine !== turn) return;
    batch(() => {
      at.curves.value = curves;
      at.heatTitles.value = titles;
    });
    await showHeat(
      titles.find((each) => each.vital === at.vital.value)?.vital ?? titles[0]?.vital ?? null,
    );
  } catch (error) {
    if (mine === turn && at.run.value?.name !== name) at.missing.value = said(error);
  }
}

function forget(): void {
  at.curves.value = new Map();
  at.heatTitles.value = [];
  at.heat.value = null;
}

/** What a person does to see a run. */
export function choose(name: string): void {
  batch(() => {
    at.page.value = "run";
    at.inList.value = false;
  });
  remember("run", name);
  remember("page", "");
  void show(name);
}

/** Chooses the run `by` places further down the list. */
export function step(by: number): void {
  const names = at.listed.value.map((each) => each.name);
  const now = names.indexOf(at.chosen.value ?? "");
  const next = names[Math.max(0, Math.min(names.length - 1, now < 0 ? 0 : now + by))];
  if (next === undefined || next === at.chosen.value) return;
  const inList = at.inList.value;
  choose(next);
  at.inList.value = inList;
}

export async function showHeat(vital: string | null): Promise<void> {
  const mine = turn;
  at.vital.value = vital;
  const name = at.chosen.value;
  const heat = vital === null || name === null ? null : await source.heat(name, vital);
  if (mine === turn && at.vital.value === vital) at.heat.value = heat && arranged(heat);
}

/** The curves of another run, or of a part of this one at full resolution. */
export const curvesOf = (
  run: string,
  names: string[],
  window?: [number, number],
): Promise<Map<string, Drawn>> => source.curves(run, names, window);
export const detailsOf: Source["run"] = (name) => source.run(name);

export function sift(text: string): void {
  at.filter.value = text;
  remember("filter", text);
}

export function toggle(verdict: Verdict): void {
  const only = new Set(at.only.value);
  if (!only.delete(verdict)) only.add(verdict);
  at.only.value = only;
}

export function turnTo(page: "run" | "compare"): void {
  at.page.value = page;
  at.inList.value = false;
  remember("page", page === "compare" ? page : "");
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
