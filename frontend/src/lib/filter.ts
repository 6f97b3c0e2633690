// Which runs the list shows.
import type { ListedRun, Verdict } from "../wire/types";

type Pattern = { matches: (name: string) => boolean; wrong: boolean };

/** A regular expression as TensorBoard takes it; one that is not valid is taken as plain text. */
export function pattern(text: string): Pattern {
  if (!text) return { matches: () => true, wrong: false };
  try {
    const expression = new RegExp(text, "i");
    return { matches: (name) => expression.test(name), wrong: false };
  } catch {
    const plain = text.toLowerCase();
    return { matches: (name) => name.toLowerCase().includes(plain), wrong: true };
  }
}

/** Verdicts in the order of the list. */
const VERDICTS: readonly Verdict[] = [
  "critical",
  "unreadable",
  "warning",
  "info",
  "undecided",
  "healthy",
];

/** `only` empty means every verdict, `finding` empty any or none. */
export type Filter = { text: string; only: ReadonlySet<Verdict>; finding: string };

/** The items that match, in their order. */
export function filtered(
  items: readonly ListedRun[],
  { text, only, finding }: Filter,
): ListedRun[] {
  const { matches } = pattern(text);
  return items.filter(
    (item) =>
      matches(item.name) &&
      (!only.size || only.has(item.verdict)) &&
      (!finding || item.findings.some(({ id }) => id === finding)),
  );
}

/** How many items have each verdict, for the verdicts that occur. */
export function tally(items: readonly ListedRun[]): [Verdict, number][] {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of items) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return VERDICTS.map((verdict): [Verdict, number] => [verdict, counts.get(verdict) ?? 0]).filter(
    ([, count]) => count,
  );
}
