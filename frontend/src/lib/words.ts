// Ids, steps and models in the words of a person.
import type { Model, Run } from "../wire/document";
import { brief, duration, many } from "./numbers";

const SPELT: Record<string, string> = { relu: "ReLU", kl: "KL", non: "Non", adam: "Adam" };

/** `learning-rate-too-high` as "Learning rate too high"; `non-finite-values` keeps its hyphen. */
export function humane(id: string): string {
  const words = id
    .replace(/\bnon-/, "non\u2011")
    .split("-")
    .map((word) => SPELT[word] ?? word);
  return sentence(words.join(" "));
}

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "epoch 3", "epochs 0–3", or "from epoch 9" where it lasts until the `last` step. */
export function span(steps: readonly number[], unit: string, last: number | null = null): string {
  if (!steps.length) return "";
  const one = unit.replace(/s$/, "");
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  if (low === high) return `${one} ${low.toLocaleString("en")}`;
  if (high === last) return `from ${one} ${low.toLocaleString("en")}`;
  return `${one}s ${low.toLocaleString("en")}–${high.toLocaleString("en")}`;
}

export const plural = (count: number, one: string): string =>
  `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** What the run is: framework, model, optimizer, loss, length. */
export function about(run: Run): string[] {
  const loss = run.model?.losses.map((each) => each.replace(/_/g, " ")).join(", ");
  return [run.framework, model(run.model), optimizer(run.model), loss ?? "", length(run)].filter(
    Boolean,
  );
}

function model(part: Model | null): string {
  if (!part) return "";
  const size = part.parameters === null ? "" : `, ${many(part.parameters)} parameters`;
  return `${part.kind}, ${plural(part.layers, "layer")}${size}`;
}

function optimizer(part: Model | null): string {
  if (!part?.optimizer) return "";
  return (
    part.optimizer +
    (part.learning_rate === null ? "" : `, learning rate ${brief(part.learning_rate)}`)
  );
}

function length(run: Run): string {
  if (!run.steps) return "";
  const { first, last, counted_in: unit } = run.steps;
  const wide = unit === "epochs" ? plural(last - first + 1, "epoch") : span([first, last], unit);
  return run.seconds ? `${wide} in ${duration(run.seconds)}` : wide;
}

/** A run's name as folder and last part, for setting them apart. */
export function parted(name: string): [string, string] {
  const at = name.lastIndexOf("/") + 1;
  return [name.slice(0, at), name.slice(at)];
}

/** Paths without the folders that all of them begin with and the ends that all of them have. */
export function shortened(paths: readonly string[]): string[] {
  if (!paths.length) return [];
  const parts = paths.map((each) => each.split("/"));
  const least = Math.min(...parts.map((each) => each.length)) - 1;
  const same = (at: (each: string[]) => string | undefined) =>
    parts.every((each) => at(each) === at(parts[0] ?? []));
  let head = 0;
  while (head < least && same((each) => each[head])) head += 1;
  let tail = 0;
  while (tail < least - head && same((each) => each[each.length - 1 - tail])) tail += 1;
  return parts.map((each) => each.slice(head, each.length - tail).join("/"));
}
