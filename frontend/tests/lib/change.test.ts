import assert from "node:assert/strict";
import { test } from "node:test";
import { codeChange } from "../../src/lib/change";

test("a change of code is told as the old line and the new one", () => {
  assert.deepEqual(codeChange("Adam(learning_rate=10) → Adam(learning_rate=0.001)."), {
    before: "",
    old: "Adam(learning_rate=10)",
    fresh: "Adam(learning_rate=0.001)",
    after: "",
  });
  assert.equal(codeChange("lr=1e-05 → lr=1e-3")?.fresh, "lr=1e-3");
});

test("the words around it are no part of it", () => {
  const text =
    "Go back to the weights of step 9 and SGD(lr=0.01) → SGD(lr=0.001), and clip the gradients (clipnorm=1.0).";
  assert.deepEqual(codeChange(text), {
    before: "Go back to the weights of step 9 and",
    old: "SGD(lr=0.01)",
    fresh: "SGD(lr=0.001)",
    after: "and clip the gradients (clipnorm=1.0).",
  });
});

test("a call within a call stays whole", () => {
  const change = codeChange("Dense(64, activation=Softmax(axis=1)) → Dense(64); else nothing.");
  assert.equal(change?.old, "Dense(64, activation=Softmax(axis=1))");
  assert.equal(change.after, "else nothing.");
});

test("words alone are no change of code", () => {
  assert.equal(codeChange("Train longer → better."), null);
  assert.equal(codeChange("Clip the gradients (clipnorm=1.0)."), null);
});
