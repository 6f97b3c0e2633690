import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, increment, multiples, secondsIncrement } from "../../src/lib/ticks";

test("any range has a few ticks inside it", () => {
  for (const size of [1e-30, 1e-17, 1e-3, 1, 1e5, 1e17, 1e30]) {
    for (const [low, high] of [
      [0, size],
      [-size, size],
      [size, 1.001 * size],
    ] as [number, number][]) {
      const ticks = multiples(low, high, increment(high - low, 6));
      assert.ok(ticks.length >= 2 && ticks.length <= 8, `${low} to ${high}: ${ticks.join(" ")}`);
      assert.ok(ticks.every((tick) => tick >= low - size * 1e-9 && tick <= high + size * 1e-9));
    }
  }
});

test("multiples are without the noise of binary fractions", () => {
  assert.deepEqual(multiples(0, 0.5, 0.1), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
});

test("a logarithmic axis has powers of ten, and others where there is hardly one", () => {
  assert.deepEqual(decades(0.5, 2000, 10), [1, 10, 100, 1000]);
  assert.ok(decades(1e-30, 1e30, 6).length <= 8);
  assert.deepEqual(decades(1.5, 8, 6), [2, 5]);
  assert.ok(decades(2.1, 2.2, 6).length >= 2);
});

test("time is parted as clocks are", () => {
  assert.deepEqual(
    [3, 50, 400, 5000, 40_000, 900_000].map((span) => secondsIncrement(span, 6)),
    [0.5, 10, 120, 900, 7200, 172_800],
  );
});
