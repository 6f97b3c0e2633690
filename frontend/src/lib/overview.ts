// Many runs at once: what was found in how many of them, and groups of runs that fare alike.
import type { ListedFinding, ListedRun, Severity } from "../wire/types";

export type FindingRow = {
  id: string;
  /** Its most severe case. */
  severity: Severity;
  /** Runs in which it stands for itself, worst first. */
  runs: ListedRun[];
  /** Runs in which it only follows from another finding. */
  following: number;
};

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export const isWorse = (a: Severity, b: Severity): boolean => RANK[a] < RANK[b];

/** Findings × runs: most severe first, then the most frequent. */
export function findingRows(items: readonly ListedRun[]): FindingRow[] {
  const rows = new Map<string, FindingRow>();
  for (const item of items) {
    for (const { id, severity, caused_by } of item.findings) {
      const row = rows.get(id) ?? { id, severity, runs: [], following: 0 };
      if (RANK[severity] < RANK[row.severity]) row.severity = severity;
      if (caused_by === null) row.runs.push(item);
      else row.following += 1;
      rows.set(id, row);
    }
  }
  return [...rows.values()]
    .filter((row) => row.runs.length)
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.runs.length - a.runs.length);
}

/** The most severe finding of a run, wherever it stands; the first of several. */
export const worstOf = ({ findings }: ListedRun): ListedFinding | undefined =>
  findings.reduce<ListedFinding | undefined>(
    (worst, found) => (worst && RANK[worst.severity] <= RANK[found.severity] ? worst : found),
    undefined,
  );

/** The worst finding of a run, or its verdict where nothing was found. */
const groupOf = (item: ListedRun): string => worstOf(item)?.id ?? item.verdict;

/** Runs by their worst finding, in the order of the list; healthy runs last. */
export function groups(items: readonly ListedRun[]): [string, ListedRun[]][] {
  const by = new Map<string, ListedRun[]>();
  for (const item of items) {
    const name = groupOf(item);
    const group = by.get(name);
    if (group) group.push(item);
    else by.set(name, [item]);
  }
  return [...by];
}

/** Hyper-parameters that are not the same in all of the runs, the ones known of most runs first. */
export function differing(items: readonly ListedRun[]): string[] {
  const values = new Map<string, Map<string, number>>();
  for (const item of items) {
    for (const [name, value] of Object.entries(item.parameters)) {
      const counts = values.get(name) ?? new Map<string, number>();
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
      values.set(name, counts);
    }
  }
  const known = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return [...values]
    .filter(([, counts]) => counts.size > 1)
    .sort(([, a], [, b]) => known(b) - known(a))
    .map(([name]) => name);
}

/** A hyper-parameter as a number; null where it is none. */
export function numberOf(item: ListedRun, name: string): number | null {
  const value = item.parameters[name];
  const number = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** The healthy run that is most like a sick one: it shares most hyper-parameters, then most of its
 * name. Null where more than a third of them differ. */
export function healthyTwin(
  sick: ListedRun,
  items: readonly ListedRun[],
): { item: ListedRun; differs: string[] } | null {
  let best: { item: ListedRun; differs: string[]; score: number } | null = null;
  for (const item of items) {
    if (item.verdict !== "healthy" || item.name === sick.name) continue;
    const names = Object.keys({ ...sick.parameters, ...item.parameters });
    const differs = names.filter((name) => sick.parameters[name] !== item.parameters[name]);
    if (!names.length || differs.length > names.length / 3) continue;
    const score = -differs.length + sharedStart(sick.name, item.name) / 1000;
    if (!best || score > best.score) best = { item, differs, score };
  }
  return best;
}

function sharedStart(a: string, b: string): number {
  let at = 0;
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at += 1;
  return at;
}
