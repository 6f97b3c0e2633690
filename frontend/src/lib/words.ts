// Ids, steps, models and states in the words of a person.
import type { ListedRun, Outcome, Run } from "../wire/types";
import { brief, duration, many } from "./numbers";

const SPELT: Record<string, string> = { relu: "ReLU", kl: "KL", adam: "Adam", gan: "GAN" };

/** `learning-rate-too-high` as "Learning rate too high"; `non-finite-values` keeps its hyphen. */
export function title(id: string): string {
  const words = id
    .replace(/\bnon-/, "non\u2011")
    .replace(/\b(regular|initial|unnormal)is(?=ation|ed)/, "$1iz")
    .split("-")
    .map((word) => SPELT[word] ?? word);
  return sentence(words.join(" "));
}

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const singular = (unit: string): string => unit.replace(/s$/, "");

/** "epoch 3", "epochs 0–3", "from epoch 9" where it lasts until the `last` step, or a few steps that
 * are far apart: "steps 430, 911 and 1,204". */
export function span(steps: readonly number[], unit: string, last: number | null = null): string {
  if (!steps.length) return "";
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  if (low === high) return `${singular(unit)} ${low.toLocaleString("en")}`;
  if ((steps.length === 3 || steps.length === 4) && high - low > 3 * steps.length) {
    const shown = steps.map((step) => step.toLocaleString("en"));
    return `${unit} ${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
  }
  if (high === last) return `from ${singular(unit)} ${low.toLocaleString("en")}`;
  return `${unit} ${low.toLocaleString("en")}–${high.toLocaleString("en")}`;
}

/** Where it shows, and from when on it could be told where that is later: "detectable" is never
 * before it shows. */
export function when(outcome: Outcome, last: number | null): string {
  const first = outcome.evidence[0];
  if (!first) return "";
  const shows = span(first.steps, first.counted_in, last);
  const [begin, detected] = [first.first_step ?? first.steps[0] ?? null, outcome.detected_step];
  if (detected === null || begin === null || detected <= begin) return sentence(shows);
  return `${sentence(shows)}, detectable from ${span([detected], first.counted_in)}`;
}

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** What the run is: framework, model, optimizer, loss, length. */
export function about(run: Run): string[] {
  const loss = run.model?.losses.map((name) => name.replace(/_/g, " ")).join(", ");
  return [run.framework, model(run.model), optimizer(run.model), loss ?? "", length(run)].filter(
    Boolean,
  );
}

function model(part: Run["model"]): string {
  if (!part) return "";
  const size = part.parameters === null ? "" : `, ${many(part.parameters)} parameters`;
  return `${part.kind}, ${plural(part.layers, "layer")}${size}`;
}

function optimizer(part: Run["model"]): string {
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

/** A run that has logged nothing for ten minutes, and for a fifth of its time so far, has ended
 * (chosen: a run that logs once an epoch has five epochs by then). */
const PATIENCE = 600;
const SHARE = 1 / 5;

/** "running · last point 4 s ago"; empty where there is nothing to say. */
export function stateOf(
  { state, last_event, seconds }: Pick<ListedRun, "state" | "last_event" | "seconds">,
  now: number | null,
): string {
  const age = now !== null && last_event ? (now - Date.parse(last_event)) / 1000 : NaN;
  const quiet = age > Math.max(PATIENCE, SHARE * Number(seconds ?? 0));
  const word = state === "unknown" ? (quiet ? "ended" : "") : state;
  return [word, age >= 0 ? `last point ${duration(age)} ago` : ""].filter(Boolean).join(" · ");
}

/** The main roles of curves. */
export const ROLES: Record<string, string> = {
  train_loss: "Training loss",
  val_loss: "Validation loss",
  train_score: "Training score",
  val_score: "Validation score",
  learning_rate: "Learning rate",
  reward: "Reward",
};
