import assert from "node:assert/strict";
import { test } from "node:test";
import { position } from "../../src/lib/gauge";
import { colour, heldOut, place } from "../../src/lib/colours";
import { spans } from "../../src/lib/prose";

const code = (text: string) =>
  spans(text)
    .filter((each) => each.code)
    .map((each) => each.text);

test("calls, names of curves and quoted words are code", () => {
  assert.deepEqual(
    code("Use SGD(learning_rate=0.01, momentum=0.9). Then train/epoch_loss falls; see `beta_2`."),
    ["SGD(learning_rate=0.01, momentum=0.9)", "train/epoch_loss", "beta_2"],
  );
});

test("no letter is lost", () => {
  const text = "a `b` c(d) e/f_g h.";
  assert.equal(
    spans(text)
      .map((each) => each.text)
      .join(""),
    "a b c(d) e/f_g h.",
  );
});

test("measured and limit stand in proportion, or apart where one dwarfs the other", () => {
  const near = position(0.3, 0.4);
  assert.ok(near && Math.abs(near.measured / near.limit - 0.75) < 1e-9);
  assert.deepEqual(position(10, 0.01), { measured: 0.92, limit: 0.12 });
  assert.deepEqual(position(0.01, 10), { measured: 0.12, limit: 0.92 });
  assert.equal(position(NaN, 1), null);
  assert.equal(position(null, 1), null);
});

test("a run has the colour of its train folder, and colours begin anew after seven", () => {
  const order = ["b/train", "b/validation", "a", "c/eval"];
  assert.deepEqual(
    [
      place("b", order, 9),
      place("a", order, 9),
      place("c", order, 9),
      place("x", order, 9),
      place("b#2", order, 9),
    ],
    [0, 2, 3, 9, 0],
  );
  assert.equal(colour(7, false), colour(0, false));
  assert.notEqual(colour(0, true), colour(0, false));
});

test("what is held out is known by role, or else by a word of the name", () => {
  assert.equal(heldOut("a", "val_loss"), true);
  assert.equal(heldOut("test/loss", "train_loss"), false);
  assert.equal(heldOut("eval/loss", null), true);
  assert.equal(heldOut("interval_loss", null), false);
});
