import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, duration, many, numeric, tick } from "../../src/lib/numbers";

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

test("neighbouring ticks are told apart", () => {
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75].map((each) => tick(each, 0.25)),
    ["0", "0.25", "0.5", "0.75"],
  );
  assert.deepEqual(
    [1e5, 1e-5].map((each) => tick(each, each)),
    ["1e5", "1e-5"],
  );
  assert.deepEqual(
    [0.0009, 0.001].map((each) => tick(each, 0.0001)),
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

test("numbers of the document come back as numbers", () => {
  assert.deepEqual(
    [1, "Infinity", null].map((each) => numeric(each as number | null)),
    [1, Infinity, null],
  );
});
