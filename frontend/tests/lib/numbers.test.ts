import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, clock, duration, many, tick } from "../../src/lib/numbers";

test("brief keeps four digits and says what is not finite", () => {
  const said = [
    0,
    10,
    1906053,
    13.4962,
    0.30000001,
    3.458e15,
    0.00001,
    -2.5,
    "NaN",
    "Infinity",
    "-Infinity",
  ] as const;
  assert.deepEqual(said.map(brief), [
    "0",
    "10",
    "1.91e6",
    "13.5",
    "0.3",
    "3.46e15",
    "1e-5",
    "−2.5",
    "NaN",
    "∞",
    "−∞",
  ]);
});

test("brief groups the digits of whole numbers", () => assert.equal(brief(12345), "12,345"));

test("neighboring ticks are told apart", () => {
  assert.deepEqual(
    [0, 0.2, 0.4].map((value) => tick(value, 0.2)),
    ["0", "0.2", "0.4"],
  );
  assert.deepEqual(
    [1e5, 1e-5].map((value) => tick(value, value)),
    ["1e5", "1e-5"],
  );
  assert.deepEqual(
    [1.00001e10, 1.00002e10].map((value) => tick(value, 1e5)),
    ["1.00001e10", "1.00002e10"],
  );
  assert.deepEqual(
    [2e-30, 4e-30, 1e30].map((value) => tick(value, 2e-30)),
    ["2e-30", "4e-30", "1e30"],
  );
  assert.deepEqual(
    [0.0009, 0.001].map((value) => tick(value, 0.0001)),
    ["0.0009", "0.001"],
  );
});

test("a tick that is zero but for rounding is zero", () => assert.equal(tick(1e-17, 0.2), "0"));

test("counts and durations are read at a glance", () => {
  assert.deepEqual([812, 11100, 44396357, 2e9].map(many), ["812", "11.1 k", "44.4 M", "2 G"]);
  assert.deepEqual([0.31, 85, 3600, 11100, 187200].map(duration), [
    "0.3 s",
    "1 m 25 s",
    "1 h",
    "3 h 5 m",
    "2 d 4 h",
  ]);
  assert.equal(duration("NaN"), "an unknown time");
});

test("time on an axis is told in its own unit", () => {
  assert.deepEqual(
    [
      [30, 10],
      [300, 60],
      [5400, 1800],
      [172800, 86400],
    ].map(([at = 0, step = 1]) => clock(at, step)),
    ["30 s", "5 min", "1 h 30", "2 d"],
  );
});
