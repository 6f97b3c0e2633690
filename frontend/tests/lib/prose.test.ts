import assert from "node:assert/strict";
import { test } from "node:test";
import { spans } from "../../src/lib/prose";

const code = (text: string) =>
  spans(text)
    .filter((span) => span.code)
    .map((span) => span.text);

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
      .map((span) => span.text)
      .join(""),
    "a b c(d) e/f_g h.",
  );
});
