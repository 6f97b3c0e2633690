import assert from "node:assert/strict";
import { test } from "node:test";
import { evidenceCharts, rowsOf, vitalOf } from "../../src/lib/evidence_charts";
import { curve, evidence, outcome } from "../made";

const CURVES = [
  curve("train/epoch_loss", "train_loss"),
  curve("validation/epoch_loss", "val_loss"),
  curve("train/epoch_accuracy", "train_score"),
  curve("validation/epoch_accuracy", "val_score"),
  curve("train/extra", null),
];
const names = (more: Parameters<typeof evidence>[0]) =>
  evidenceCharts(evidence(more), CURVES).map(({ curves }) => curves.map(({ name }) => name));

test("evidence is drawn with the curve that belongs to it, each quantity on its own axis", () => {
  assert.deepEqual(names({ tag: "train/epoch_loss", related: ["train/epoch_accuracy"] }), [
    ["train/epoch_loss", "validation/epoch_loss"],
    ["train/epoch_accuracy", "validation/epoch_accuracy"],
  ]);
});

test("a bare tag finds its folder; what is about no curve draws none", () => {
  assert.deepEqual(names({ tag: "extra" }), [["train/extra"]]);
  assert.deepEqual(names({ tag: "keras" }), []);
});

test("of a sum, the sum is drawn", () => {
  const [group] = evidenceCharts(evidence({ tag: "train/epoch_loss + train/extra" }), CURVES);
  assert.equal(group?.sum, true);
  assert.equal(group.curves.length, 2);
  assert.deepEqual(names({ tag: "train/epoch_loss + gone" }), []);
});

test("findings about layers are drawn from the heat map that they were judged by", () => {
  const vitals = ["layer_vitals/dead", "weights/movement", "weights/std"];
  assert.equal(vitalOf(outcome("dead-relu"), vitals), "layer_vitals/dead");
  assert.equal(vitalOf(outcome("exploding-weights"), vitals), "weights/std");
  assert.equal(vitalOf(outcome("overfitting"), vitals), null);
  const told = evidence({ message: "93.8 % of the units of second are dead.", tag: "t" });
  assert.deepEqual(rowsOf(told, ["first", "second", "third"]), [1]);
});
