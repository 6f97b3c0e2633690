import assert from "node:assert/strict";
import { test } from "node:test";
import { about, humane, parted, shortened, span } from "../../src/lib/words";
import { run } from "../made";

test("an id reads as words", () => {
  assert.equal(humane("learning-rate-too-high"), "Learning rate too high");
  assert.equal(humane("dead-relu"), "Dead ReLU");
  assert.equal(humane("non-finite-values"), "Non\u2011finite values");
});

test("a span says where, and whether it lasts until the end", () => {
  assert.equal(span([], "steps"), "");
  assert.equal(span([3], "epochs"), "epoch 3");
  assert.equal(span([0, 3], "epochs", 19), "epochs 0–3");
  assert.equal(span([9, 19], "epochs", 19), "from epoch 9");
  assert.equal(span([1200, 430], "steps"), "steps 430–1,200");
});

test("a run is described by what is known of it", () => {
  assert.deepEqual(about(run("a")), ["Keras 3", "3 epochs in 1 m 25 s"]);
  const model = {
    kind: "Sequential",
    layers: 1,
    parameters: 1906053,
    optimizer: "Adam",
    learning_rate: 0.001,
    losses: ["mean_squared_error"],
    input_shape: [],
  };
  assert.deepEqual(about(run("a", { model, steps: null })), [
    "Keras 3",
    "Sequential, 1 layer, 1.91 M parameters",
    "Adam, learning rate 0.001",
    "mean squared error",
  ]);
});

test("names are taken apart at the last folder", () => {
  assert.deepEqual(parted("a/b/c"), ["a/b/", "c"]);
  assert.deepEqual(parted("c"), ["", "c"]);
});

test("paths lose what they share, and never all", () => {
  assert.deepEqual(shortened(["train/s/dense/kernel/histogram", "train/s/conv/kernel/histogram"]), [
    "dense",
    "conv",
  ]);
  assert.deepEqual(shortened(["only/one"]), ["one"]);
  assert.deepEqual(shortened(["a", "a/b"]), ["a", "a/b"]);
  assert.deepEqual(shortened([]), []);
});
