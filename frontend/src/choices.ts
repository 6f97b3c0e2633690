// The choices that a person made, as an address has them, and back.
import type { Choices } from "./address";
import * as at from "./state";
import type { Verdict } from "./wire/types";

/** The choices that stand in the address. */
export function written(): Choices {
  const zoom = at.zoom.value;
  return {
    view: at.view.value === "run" ? "" : at.view.value,
    run: at.view.value === "run" ? (at.chosen.value ?? "") : "",
    filter: at.filter.value,
    only: [...at.only.value].join(" "),
    finding: at.finding.value,
    picked: [...at.picked.value].map(encodeURIComponent).join(" "),
    compared: at.compared.value === "train_loss" ? "" : at.compared.value,
    axis: at.axis.value === "step" ? "" : at.axis.value,
    smoothing: at.smoothing.value ? String(at.smoothing.value) : "",
    outliers: at.ignoreOutliers.value ? "ignored" : "",
    zoom: zoom ? JSON.stringify(zoom.map(({ unit, x, seconds }) => [unit, x, seconds])) : "",
  };
}

/** Sets all choices as an address has them. */
export function apply(wanted: Choices): void {
  const words = (name: string) => (wanted[name] ?? "").split(" ").filter(Boolean);
  at.filter.value = wanted["filter"] ?? "";
  at.only.value = new Set(words("only") as Verdict[]);
  at.finding.value = wanted["finding"] ?? "";
  at.picked.value = new Set(words("picked").map(decodeURIComponent));
  at.compared.value = wanted["compared"] ?? "train_loss";
  at.axis.value = wanted["axis"] === "epoch" || wanted["axis"] === "time" ? wanted["axis"] : "step";
  at.smoothing.value = Math.min(0.99, Number(wanted["smoothing"]) || 0);
  at.ignoreOutliers.value = wanted["outliers"] === "ignored";
  at.zoom.value = zoomed(wanted["zoom"]);
  const view = wanted["view"];
  at.view.value = view === "overview" || view === "compare" ? view : "run";
  if (at.view.value === "run") at.chosen.value = wanted["run"] ?? null;
}

function zoomed(text: string | undefined): typeof at.zoom.value {
  try {
    const [from, to] = JSON.parse(text ?? "") as [string, number, number | null][];
    if (!from || !to) return null;
    const moment = ([unit, x, seconds]: typeof from): at.Moment => ({ unit, x, seconds });
    return [moment(from), moment(to)];
  } catch {
    return null;
  }
}
