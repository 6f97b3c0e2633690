import assert from "node:assert/strict";
import { test } from "node:test";
import { about, span, stateOf, title, when } from "../../src/lib/words";
import type { Run } from "../../src/wire/types";
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

test("a run is told as running, interrupted or ended, with the age of its last point", () => {
  const now = Date.parse("2026-01-01T01:00:00Z");
  const told = (state: Run["state"], last_event: string | null, seconds = 60) =>
    stateOf({ state, last_event, seconds }, now);
  assert.equal(told("running", "2026-01-01T00:59:56Z"), "running · last point 4.0 s ago");
  assert.equal(told("interrupted", "2026-01-01T00:30:00Z"), "interrupted · last point 30 m ago");
  assert.equal(told("unknown", "2026-01-01T00:30:00Z"), "ended · last point 30 m ago");
  assert.equal(told("unknown", "2026-01-01T00:30:00Z", 36_000), "last point 30 m ago");
  assert.equal(told("running", null), "running");
  assert.equal(
    stateOf({ state: "unknown", last_event: "2026-01-01T00:30:00Z", seconds: 1 }, null),
    "",
  );
});
