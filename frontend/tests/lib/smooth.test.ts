import assert from "node:assert/strict";
import { test } from "node:test";
import { smoothed } from "../../src/lib/smooth";

test("the first value stays, later ones lag: TensorBoard's corrected mean", () => {
  const [first, second] = smoothed([1, 0], 0.5);
  assert.equal(first, 1);
  assert.ok(Math.abs((second ?? 0) - 1 / 3) < 1e-12);
});

test("gaps stay gaps and count for nothing", () => {
  assert.deepEqual(
    smoothed([2, null, 2.5, undefined], 0.5)
      .map((each) => each ?? String(each))
      .slice(1, 2),
    ["null"],
  );
  assert.equal(smoothed([1, null, 0], 0.5)[2], smoothed([1, 0], 0.5)[1]);
});

test("a constant curve and no smoothing change nothing", () => {
  assert.deepEqual(smoothed([0.1, 0.1, 0.1], 0.9), [0.1, 0.1, 0.1]);
  assert.deepEqual(smoothed([3, 1, 2], 0), [3, 1, 2]);
});
