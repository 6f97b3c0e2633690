import assert from "node:assert/strict";
import { test } from "node:test";
import { color, heldOut, paletteIndex, paletteIndices } from "../../src/lib/colors";

const CURVES = [
  { name: "train/loss", role: "train_loss" },
  { name: "validation/loss", role: "val_loss" },
];

test("training and validation never share a color", () => {
  const order = ["a/train", "b", "c", "d", "e", "f", "g", "a/validation"];
  for (const known of [order, [], ["a/validation"]]) {
    const [train, validation] = paletteIndices("a", CURVES, known);
    assert.notEqual((train ?? 0) % 7, (validation ?? 0) % 7);
  }
  assert.equal(paletteIndices("a", CURVES, order)[0], 0);
});

test("a run has the color of its train folder, and colors begin anew after seven", () => {
  const order = ["b/train", "b/validation", "a", "c/eval"];
  assert.deepEqual(
    [
      paletteIndex("b", order, 9),
      paletteIndex("a", order, 9),
      paletteIndex("c", order, 9),
      paletteIndex("x", order, 9),
      paletteIndex("b#2", order, 9),
    ],
    [0, 2, 3, 9, 0],
  );
  assert.equal(color(7, false), color(0, false));
  assert.notEqual(color(0, true), color(0, false));
});

test("what is held out is known by role, or else by a word of the name", () => {
  assert.equal(heldOut("a", "val_loss"), true);
  assert.equal(heldOut("test/loss", "train_loss"), false);
  assert.equal(heldOut("eval/loss", null), true);
  assert.equal(heldOut("interval_loss", null), false);
});
