import assert from "node:assert/strict";
import { test } from "node:test";
import { about, span, stateOf, title, when } from "../../src/lib/words";
import { evidence, outcome, run } from "../made";

test("an id reads as words", () => {
  assert.equal(title("learning-rate-too-high"), "Learning rate too high");
  assert.equal(title("dead-relu"), "Dead ReLU");
  assert.equal(title("non-finite-values"), "Non\u2011finite values");
});

test("a span says where, and whether it lasts until the end", () => {
  assert.equal(span([], "steps"), "");
  assert.equal(span([3], "epochs"), "epoch 3");
  assert.equal(span([0, 3], "epochs", 19), "epochs 0–3");
  assert.equal(span([9, 19], "epochs", 19), "from epoch 9");
  assert.equal(span([1200, 430], "steps"), "steps 430–1,200");
  assert.equal(span([430, 911, 1204], "steps"), "steps 430, 911 and 1,204");
  assert.equal(span([3, 4, 5], "steps"), "steps 3–5");
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

test("what is told of first step and detection cannot contradict itself", () => {
  const found = (steps: number[], detected_step: number | null) =>
    when(
      outcome("x", {
        verdict: "found",
        detected_step,
        evidence: [evidence({ steps, first_step: steps[0] ?? null })],
      }),
      19,
    );
  assert.equal(found([0, 19], 7), "From epoch 0, detectable from epoch 7");
  assert.equal(found([3], 3), "Epoch 3");
  assert.equal(found([16, 18], 3), "Epochs 16–18");
  assert.equal(found([], null), "");
});

test("the age of the last point is told while it matters", () => {
  const now = Date.parse("2026-01-01T00:01:00Z");
  const run = (state: "running" | "ended" | "unknown", last_event: string | null) =>
    stateOf({ state, last_event }, now);
  assert.equal(run("running", "2026-01-01T00:00:56Z"), "running · last point 4.0 s ago");
  assert.equal(run("ended", "2026-01-01T00:00:56Z"), "ended");
  assert.equal(run("unknown", "2025-01-01T00:00:00Z"), "");
  assert.equal(run("running", null), "running");
});
