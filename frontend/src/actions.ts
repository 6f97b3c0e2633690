// Everything that changes the state.
import { batch, effect } from "@preact/signals";
import { type Choices, choices, linkTo, watchAddress, write } from "./address";
import { apply, written } from "./choices";
import { hostRuns, store, stored, preferences, titled } from "./host";
import { arranged } from "./lib/heat";
import { newIn } from "./lib/news";
import type { Source } from "./source/source";
import * as at from "./state";
import type { CurveData, Heat, RunList, State, Verdict } from "./wire/types";

/** Milliseconds between two questions whether anything is new, and while the logs are being read. */
const PAUSE = 2000;
const HURRY = 500;
/** More runs than these are shown together first (chosen: a screenful of the list). */
const FEW = 10;

/** Runs whose findings are printed at most (chosen: nobody reads more paper). */
const PRINTED = 100;

let source: Source;
/** Rises with every choice: an answer to an older one is not shown. */
let turn = 0;
let asking = false;
/** Whether a person, or the address, has said what to show. */
let decided = false;
/** Whether the next address is a new entry of the history. */
let push = false;

export const isLive = (): boolean => source.live;
export const origin: () => Source["origin"] = () => source.origin;
export const savedAt: Source["saved"] = (format, run) => source.saved(format, run);

/** Starts to show what `from` gives, and keeps it up to date where it can change. */
export async function begin(from: Source): Promise<void> {
  source = from;
  turn += 1;
  const wishes = preferences();
  const linked = choices();
  decided = Boolean(linked["run"] ?? linked["view"]);
  batch(() => {
    apply({ filter: wishes.filter, smoothing: String(wishes.smoothing || ""), ...linked });
    at.looks.value = { page: Number(stored("look")) || Date.now(), runs: new Map() };
    at.sidebarWidth.value = Number(stored("sidebar")) || at.sidebarWidth.value;
    at.inList.value = !decided;
  });
  watchAddress(() => follow(choices()));
  effect(() => {
    write(written(), push);
    push = false;
  });
  effect(() => titled(at.news.value - (at.visible.value ? newHere() : 0)));
  await refresh();
  at.catalog.value = await source.catalog().catch(() => ({}));
  if (source.live) void keepUp();
}

/** Asks again and again, while anybody looks. */
async function keepUp(): Promise<void> {
  for (;;) {
    const reading = at.status.value?.state === "starting" || at.unread.value > 0;
    await new Promise((done) => setTimeout(done, reading ? HURRY : PAUSE));
    if (at.visible.value) await refresh();
  }
}

/** Shows what the address has come to name. */
function follow(address: Choices): void {
  const before = at.chosen.value;
  batch(() => apply(address));
  const name = at.chosen.value ?? at.runs.value?.runs[0]?.name;
  if (at.view.value === "run" && name && name !== before) void show(name);
}

/** Asks what is new, and fetches what has changed; one question at a time. */
export async function refresh(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const state = await source.state();
    if (state.state === "ready" && state.version !== at.runs.value?.version)
      await refreshRuns(state);
    at.status.value = state;
    if (state.state === "empty") at.runs.value = null;
    at.trouble.value = state.state === "error" ? state.message : "";
    if (at.visible.value) store("look", String(Date.now()));
  } catch (error) {
    at.trouble.value = message(error);
  } finally {
    asking = false;
  }
}

async function refreshRuns(state: State): Promise<void> {
  const [list, order] = await Promise.all([changedRuns(), hostRuns()]);
  const name = at.chosen.value;
  const changed = (runs: RunList | null) => runs?.runs.find((item) => item.name === name)?.changed;
  const before = changed(at.runs.value);
  batch(() => {
    at.status.value = state;
    at.runs.value = list;
    if (order.length) at.order.value = order;
    if (!decided && Math.max(list.runs.length, state.folders) > FEW) at.view.value = "overview";
  });
  const first = list.runs[0];
  if (at.view.value !== "run") return;
  if (name === null && first) await show(first.name);
  else if (name !== null && (!at.run.value || changed(list) !== before)) await show(name);
}

/** The list as known, with what changed since; asked for as a whole where a name is not known. */
async function changedRuns(): Promise<RunList> {
  const known = at.runs.value;
  const merged = (list: RunList, names: string[], old: RunList | null) => {
    const by = new Map(old?.runs.map((item) => [item.name, item]));
    for (const item of list.runs) by.set(item.name, item);
    return names.map((name) => by.get(name));
  };
  let { names, ...list } = await source.runs(known?.version ?? 0);
  let runs = merged(list, names, known);
  if (runs.includes(undefined)) {
    ({ names, ...list } = await source.runs(0));
    runs = merged(list, names, null);
  }
  return { ...list, runs: runs.filter((item) => item !== undefined) };
}

/** Shows a run: its details at once, its curves and heat maps as they come. */
export async function show(name: string): Promise<void> {
  const ownTurn = ++turn;
  const same = at.run.value?.name === name;
  if (!same) looked(at.run.value?.name);
  at.chosen.value = name;
  try {
    const run = await source.run(name);
    if (ownTurn !== turn) return;
    batch(() => {
      at.run.value = run;
      at.missing.value = "";
      if (!same) forget();
    });
    const names = run.curves.map((curve) => curve.name);
    const [curves, titles] = await Promise.all([
      names.length ? source.curves(name, names) : new Map<string, CurveData>(),
      source.heats(name),
    ]);
    if (ownTurn !== turn) return;
    const vital = titles.find((title) => title.vital === at.vital.value) ?? titles[0];
    batch(() => {
      at.curves.value = curves;
      at.heatTitles.value = titles;
      at.vital.value = vital?.vital ?? null;
    });
  } catch (error) {
    if (ownTurn === turn && at.run.value?.name !== name) at.missing.value = message(error);
  }
}

function forget(): void {
  at.curves.value = new Map();
  at.heatTitles.value = [];
  at.cursor.value = null;
}

/** Notes that somebody has seen all that is known of a run. */
function looked(name: string | undefined): void {
  if (name === undefined) return;
  const { page, runs } = at.looks.value;
  at.looks.value = { page, runs: new Map(runs).set(name, Date.now()) };
}

function newHere(): number {
  const item = at.runs.value?.runs.find(({ name }) => name === at.chosen.value);
  return item && at.view.value === "run" ? newIn(item, at.looks.value).length : 0;
}

/** What a person does to see a run. */
export function choose(name: string): void {
  decided = push = true;
  batch(() => {
    at.view.value = "run";
    if (name !== at.chosen.value) at.zoom.value = null;
    at.chosen.value = name;
    at.inList.value = false;
  });
  void show(name);
}

/** What a person does to see many runs. */
export function open(view: "overview" | "compare"): void {
  decided = push = true;
  batch(() => {
    looked(at.view.value === "run" ? (at.chosen.value ?? undefined) : undefined);
    at.view.value = view;
    at.inList.value = false;
  });
}

/** Chooses the run `by` places further down the list. */
export function step(by: number): void {
  const names = at.listed.value.map(({ name }) => name);
  const now = at.view.value === "run" ? names.indexOf(at.chosen.value ?? "") : -1;
  const next = names[Math.max(0, Math.min(names.length - 1, now < 0 ? 0 : now + by))];
  if (next === undefined || (next === at.chosen.value && at.view.value === "run")) return;
  const inList = at.inList.value;
  choose(next);
  at.inList.value = inList;
}

/** A heat map of a run; null where it has none of that vital. */
export const heatOf = (run: string, vital: string): Promise<Heat | null> =>
  source.heat(run, vital).then(arranged, () => null);

/** The curves of another run, or of a part of this one at full resolution. */
export const curvesOf: Source["curves"] = (run, names, window) => source.curves(run, names, window);
export const detailsOf: Source["run"] = (name) => source.run(name);

export function search(text: string): void {
  at.filter.value = text;
}

export function toggle(verdict: Verdict): void {
  const only = new Set(at.only.value);
  if (!only.delete(verdict)) only.add(verdict);
  at.only.value = only;
}

export function pick(name: string): void {
  const picked = new Set(at.picked.value);
  if (!picked.delete(name)) picked.add(name);
  at.picked.value = picked;
}

/** Prints the view, and below one of many runs the findings of those that are picked or listed. */
export async function print(): Promise<void> {
  const { view, picked, listed, printed } = at;
  const items = listed.value.filter(({ name }) => !picked.value.size || picked.value.has(name));
  const wanted = view.value === "run" ? [] : items.slice(0, PRINTED);
  const runs = await Promise.all(wanted.map(({ name }) => source.run(name).catch(() => null)));
  printed.value = runs.filter((run) => run !== null);
  await new Promise((done) => requestAnimationFrame(done));
  window.print();
  printed.value = [];
}

/** Lets the list show everything again. */
export function showAll(): void {
  batch(() => {
    at.filter.value = at.finding.value = "";
    at.only.value = new Set();
  });
}

export function widen(width: number): void {
  at.sidebarWidth.value = Math.max(220, Math.min(640, Math.round(width)));
  store("sidebar", String(at.sidebarWidth.value));
}

/** The address of a finding's card. */
export const linkToCard = (id: string): string => linkTo({ ...written(), card: id });

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
