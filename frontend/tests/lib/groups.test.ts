import assert from "node:assert/strict";
import { test } from "node:test";
import { cures, drawnFor, families, grouped, panels } from "../../src/lib/groups";
import { curve, evidence, outcome, run, sick } from "../made";

const CURVES = [
  curve("train/epoch_loss", "train_loss"),
  curve("validation/epoch_loss", "val_loss"),
  curve("train/epoch_accuracy", "train_score"),
  curve("validation/epoch_accuracy", "val_score"),
  curve("train/extra", null),
];
const names = (charts: { name: string }[][]) =>
  charts.map((chart) => chart.map((each) => each.name));

test("consequences stand under their cause", () => {
  const groups = grouped(sick("a").outcomes);
  assert.deepEqual(
    groups.map(({ head, led }) => [head.id, led.map((each) => each.id)]),
    [
      ["learning-rate-too-high", ["no-learning"]],
      ["initial-loss", []],
    ],
  );
});

test("the line that would enable most checks stands first, no line last", () => {
  const not = (id: string, how_to_enable: string) =>
    outcome(id, { verdict: "not-applicable", how_to_enable });
  const all = cures([not("a", ""), not("b", "x"), not("c", "y"), not("d", "y"), outcome("e")]);
  assert.deepEqual(
    all.map((each) => [each.how_to_enable, each.outcomes.length]),
    [
      ["y", 2],
      ["x", 1],
      ["", 1],
    ],
  );
});

test("families keep their order", () => {
  assert.deepEqual(
    families([outcome("a"), outcome("b", { family: "data" }), outcome("c")]).map(([name, all]) => [
      name,
      all.length,
    ]),
    [
      ["progress", 2],
      ["data", 1],
    ],
  );
});

test("evidence is drawn with the curve that belongs to it, each quantity on its own axis", () => {
  const shown = drawnFor(
    evidence({ tag: "train/epoch_loss", related: ["train/epoch_accuracy"] }),
    CURVES,
  );
  assert.deepEqual(names(shown.charts), [
    ["train/epoch_loss", "validation/epoch_loss"],
    ["train/epoch_accuracy", "validation/epoch_accuracy"],
  ]);
  assert.equal(shown.about, true);
});

test("a bare tag finds its folder, a sum its parts", () => {
  assert.equal(drawnFor(evidence({ tag: "extra" }), CURVES).charts[0]?.[0]?.name, "train/extra");
  assert.deepEqual(
    names(drawnFor(evidence({ tag: "train/epoch_loss + train/extra" }), CURVES).charts).map(
      (chart) => chart[0],
    ),
    ["train/epoch_loss", "train/extra"],
  );
});

test("evidence about the configuration shows the losses, unmarked", () => {
  const shown = drawnFor(evidence({ tag: "keras" }), CURVES);
  assert.deepEqual(
    [names(shown.charts), shown.about],
    [[["train/epoch_loss", "validation/epoch_loss"]], false],
  );
});

test("roles come first among the panels, under the name of what was logged", () => {
  const all = panels(run("a", { curves: CURVES }));
  assert.deepEqual(
    all.map((each) => [each.title, each.curves.length, each.main]),
    [
      ["Loss", 2, true],
      ["Accuracy", 2, true],
      ["Extra", 1, false],
    ],
  );
});
