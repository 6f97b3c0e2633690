import assert from "node:assert/strict";
import { test } from "node:test";
import { change, cures, families, grouped, panels, secondsLost } from "../../src/lib/findings";
import { curve, outcome, run, sick } from "../made";

const CURVES = [
  curve("train/epoch_loss", "train_loss"),
  curve("validation/epoch_loss", "val_loss"),
  curve("train/epoch_accuracy", "train_score"),
  curve("validation/epoch_accuracy", "val_score"),
  curve("train/extra", null),
];
test("consequences stand under their cause", () => {
  const groups = grouped(sick("a").outcomes);
  assert.deepEqual(
    groups.map(({ head, consequences }) => [head.id, consequences.map(({ id }) => id)]),
    [
      ["learning-rate-too-high", ["no-learning"]],
      ["initial-loss", []],
    ],
  );
});

test("the line that would enable most checks stands first, no line last", () => {
  const not = (id: string, how_to_enable: string) =>
    outcome(id, { verdict: "not-logged", how_to_enable });
  const all = cures([not("a", ""), not("b", "x"), not("c", "y"), not("d", "y")]);
  assert.deepEqual(
    all.map((cure) => [cure.how_to_enable, cure.outcomes.length]),
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

test("the change is that of the most probable cause, else of the first finding", () => {
  assert.equal(change(sick("a")), "Adam(learning_rate=10) → Adam(learning_rate=1e-3)");
  const cause = {
    id: "unscaled-inputs",
    title: "Inputs are not scaled",
    probability: 0.8,
    evidence_for: [],
    evidence_against: [],
    change: "x / 255",
    findings: [],
  };
  assert.equal(change({ ...sick("a"), causes: [cause] }), "x / 255");
  assert.equal(change(run("a")), "");
});

test("only critical findings of a run that is over could have stopped it", () => {
  const late = (severity: "critical" | "warning") =>
    run("a", {
      outcomes: [outcome("x", { verdict: "found", severity, seconds_after_detection: 600 })],
    });
  assert.equal(secondsLost(late("critical")), 600);
  assert.equal(secondsLost(late("warning")), 0);
  assert.equal(secondsLost({ ...late("critical"), state: "running" }), 0);
});

test("roles come first among the panels, under the name of what was logged", () => {
  const all = panels(run("a", { curves: CURVES }));
  assert.deepEqual(
    all.map((panel) => [panel.title, panel.curves.length, panel.main]),
    [
      ["loss", 2, true],
      ["accuracy", 2, true],
      ["extra", 1, false],
    ],
  );
});
