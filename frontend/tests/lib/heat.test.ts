import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, domain, level, pixels, ramp } from "../../src/lib/heat";
import type { Heat } from "../../src/wire/types";

const heat = (more: Partial<Heat>): Heat => ({
  vital: "v",
  title: "Title",
  unit: "",
  scale: "linear",
  rows: ["a"],
  steps: [0, 1, 2],
  values: [0, 5, 10],
  ...more,
});

test("the domain is what was measured; of a logarithmic map what is positive", () => {
  assert.deepEqual(domain(heat({ values: [null, 2, NaN] })), { low: 2, high: 2 });
  assert.deepEqual(domain(heat({ scale: "log", values: [0, 0.1, 10] })), { low: 0.1, high: 10 });
  assert.deepEqual(domain(heat({ scale: "diverging", values: [-1, 0, 3] })), { low: -3, high: 3 });
  assert.deepEqual(domain(heat({ values: [null, NaN, Infinity] })), { low: 0, high: 1 });
});

test("levels run from 0 to 255, with a place of its own for what is not known", () => {
  const linear = { low: 0, high: 10 };
  assert.deepEqual(
    [0, 5, 10, 99, NaN, null].map((each) => level(each, linear, false)),
    [0, 128, 255, 255, -1, -1],
  );
  assert.deepEqual(
    [0, 1, 10, 100].map((each) => level(each, { low: 1, high: 100 }, true)),
    [0, 0, 128, 255],
  );
});

test("what was not measured stays clear", () => {
  const colors = ramp({ scale: "linear" }, false);
  const made = pixels([0, null, 10], { low: 0, high: 10 }, false, colors);
  assert.deepEqual([...made], [colors[0], 0, colors[255]]);
  assert.ok(colors.every((each) => each >>> 24 === 255));
});

test("kernels come before biases, each with its own values", () => {
  const both = heat({
    rows: ["a/bias", "a/kernel", "b/bias", "b/kernel"],
    steps: [0],
    values: [1, 2, 3, 4],
  });
  assert.deepEqual(
    [arranged(both).rows, arranged(both).values],
    [
      ["a/kernel", "b/kernel", "a/bias", "b/bias"],
      [2, 4, 1, 3],
    ],
  );
});

test("rows that are all of another kind stay where they are", () => {
  const layers = heat({ rows: ["conv", "dense"], steps: [0], values: [1, 2] });
  assert.equal(arranged(layers), layers);
});
