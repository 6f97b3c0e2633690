// What sick runs have in common: a hyper-parameter with its threshold, a value, a folder, a part of
// the name. Only what chance would hardly make: Fisher's exact test, times the number of tries.
import type { ListedRun } from "../wire/types";
import { brief } from "./numbers";
import { numberOf } from "./overview";

/** `inside` of the `size` runs that have it are sick; of the others `outside`. */
export type Common = {
  label: string;
  has: (item: ListedRun) => boolean;
  inside: number;
  size: number;
  outside: number;
  rest: number;
  p: number;
};

/** Probability that chance makes as much, of all tries together (chosen: one false in a hundred). */
const CHANCE = 0.01;
/** Sick runs that must have it, at least, to be worth a word. */
const FEWEST = 3;
/** Share of the runs that have one of two traits from which on the two are one (chosen). */
const SAME = 0.8;
/** Statements at most. */
const MOST = 5;

type Trait = { label: string; kind: string; has: (item: ListedRun) => boolean };

/** The traits that set the sick runs apart, surest first; one for each hyper-parameter. */
export function common(items: readonly ListedRun[], sick: (item: ListedRun) => boolean): Common[] {
  const flags = items.map(sick);
  const total = flags.filter(Boolean).length;
  const traits = [...thresholds(items), ...values(items), ...places(items)];
  const best = new Map<string, Common>();
  for (const { kind, ...trait } of traits) {
    const having = items.map(trait.has);
    const size = having.filter(Boolean).length;
    const inside = having.filter((has, at) => has && flags[at]).length;
    const [outside, rest] = [total - inside, items.length - size];
    if (inside < FEWEST || !rest || inside / size <= outside / rest) continue;
    const p = tail(inside, size, total, items.length);
    const found = { ...trait, inside, size, outside, rest, p };
    if (p * traits.length < CHANCE && p < (best.get(kind)?.p ?? 1)) best.set(kind, found);
  }
  const found: Common[] = [];
  for (const trait of [...best.values()].sort((a, b) => a.p - b.p))
    if (!found.some((known) => alike(known, trait, items))) found.push(trait);
  return found.slice(0, MOST);
}

/** Whether two traits are had by nearly the same runs, such as one rate under two names. */
function alike(a: Common, b: Common, items: readonly ListedRun[]): boolean {
  const both = items.filter((item) => a.has(item) && b.has(item)).length;
  return both > SAME * (a.size + b.size - both);
}

/** "learning_rate ≥ 0.5": each number that occurs, both ways. */
function thresholds(items: readonly ListedRun[]): Trait[] {
  return names(items).flatMap((name) => {
    const known = items.map((item) => numberOf(item, name)).filter((value) => value !== null);
    const levels = [...new Set(known)].sort((a, b) => a - b);
    const stride = Math.ceil(levels.length / 40);
    return levels
      .slice(1)
      .filter((_, at) => at % stride === 0)
      .flatMap((level): Trait[] => [
        {
          kind: name,
          label: `${name} ≥ ${brief(level)}`,
          has: (item) => (numberOf(item, name) ?? -Infinity) >= level,
        },
        {
          kind: name,
          label: `${name} < ${brief(level)}`,
          has: (item) => (numberOf(item, name) ?? Infinity) < level,
        },
      ]);
  });
}

/** "optimizer = SGD": each word that occurs. */
function values(items: readonly ListedRun[]): Trait[] {
  return names(items).flatMap((name) => {
    const words = items
      .filter((item) => numberOf(item, name) === null)
      .map((item) => item.parameters[name])
      .filter((value) => value !== undefined);
    return [...new Set(words)].slice(0, 40).map((value) => ({
      kind: name,
      label: `${name} = ${value}`,
      has: (item: ListedRun) => item.parameters[name] === value,
    }));
  });
}

/** "in faults/", "named …bn…": folders, and the words between them. */
function places(items: readonly ListedRun[]): Trait[] {
  const folders = new Set(items.flatMap(({ name }) => foldersOf(name)));
  const words = new Set(items.flatMap(({ name }) => wordsOf(name)));
  if (folders.size + words.size > 400) words.clear();
  return [
    ...[...folders].slice(0, 400).map((folder) => ({
      kind: "folder",
      label: `in ${folder}`,
      has: ({ name }: ListedRun) => name.startsWith(folder),
    })),
    ...[...words].map((word) => ({
      kind: "word",
      label: `named “${word}”`,
      has: ({ name }: ListedRun) => wordsOf(name).includes(word),
    })),
  ];
}

const names = (items: readonly ListedRun[]): string[] => [
  ...new Set(items.flatMap(({ parameters }) => Object.keys(parameters))),
];

const foldersOf = (name: string): string[] =>
  name
    .split("/")
    .slice(0, -1)
    .map((_, at, parts) => `${parts.slice(0, at + 1).join("/")}/`);

const wordsOf = (name: string): string[] =>
  (name.split("/").pop() ?? "").split(/[_\-. ]+/).filter((word) => /[a-z=]/i.test(word));

/** Probability of `inside` or more sick among `size` drawn from `all`, of whom `total` are sick. */
export function tail(inside: number, size: number, total: number, all: number): number {
  let sum = 0;
  for (let hit = inside; hit <= Math.min(size, total); hit += 1)
    sum += Math.exp(choose(total, hit) + choose(all - total, size - hit) - choose(all, size));
  return sum;
}

/** Logarithm of the binomial coefficient; −Infinity where there is none. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** By Stirling's series, which is exact to ten digits from 10 on. */
function logFactorial(n: number): number {
  if (n < 10) return Math.log([1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880][n] ?? 1);
  return (n + 0.5) * Math.log(n) - n + 0.9189385332046727 + 1 / (12 * n) - 1 / (360 * n ** 3);
}
