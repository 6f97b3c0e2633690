// Which runs the list shows.
import type { Item, Verdict } from "../wire/routes";

export type Pattern = { matches: (name: string) => boolean; wrong: boolean };

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
export const VERDICTS: readonly Verdict[] = [
  "critical",
  "unreadable",
  "warning",
  "info",
  "undecided",
  "healthy",
];

/** The items that match, in their order; `only` empty means every verdict. */
export function sifted(items: readonly Item[], text: string, only: ReadonlySet<Verdict>): Item[] {
  const { matches } = pattern(text);
  return items.filter((each) => matches(each.name) && (!only.size || only.has(each.verdict)));
}

/** How many items have each verdict, for the verdicts that occur. */
export function tally(items: readonly Item[]): [Verdict, number][] {
  const count = (verdict: Verdict) => items.filter((each) => each.verdict === verdict).length;
  return VERDICTS.map((each): [Verdict, number] => [each, count(each)]).filter(([, size]) => size);
}
