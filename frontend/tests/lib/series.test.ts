import assert from "node:assert/strict";
import { test } from "node:test";
import {
  drawnFrom,
  extent,
  type Line,
  pointsAt,
  steep,
  stretch,
  table,
} from "../../src/lib/series";
import { curve } from "../made";

const line = (steps: number[], values: (number | null)[]): Line => ({
  name: "a",
  steps,
  values,
  full: steps.length,
  nonfinite: [],
  colour: "#000",
  dashed: false,
});

test("lines of the same steps share their columns", () => {
  const shape = table([line([0, 1], [1, 2]), line([0, 1], [3, NaN])]);
  assert.deepEqual(shape, {
    x: [0, 1],
    ys: [
      [1, 2],
      [3, null],
    ],
    positions: false,
  });
});

test("lines of other steps meet on one axis; a missing point is no gap", () => {
  const shape = table([line([0, 10], [1, 2]), line([5], [null])]);
  assert.deepEqual(shape.x, [0, 5, 10]);
  assert.deepEqual(shape.ys, [
    [1, undefined, 2],
    [undefined, null, undefined],
  ]);
});

test("steps that go back are drawn in the order written", () => {
  const shape = table([line([0, 1, 0, 1], [4, 3, 2, 1])]);
  assert.deepEqual([shape.x, shape.positions], [[0, 1, 2, 3], true]);
});

test("a marked step finds its point, or the nearest that was kept", () => {
  const drawn = line([0, 10, 20], [1, 2, NaN]);
  assert.deepEqual(pointsAt(drawn, [10, 12, 20], false), [
    { x: 10, y: 2 },
    { x: 10, y: 2 },
  ]);
});

test("two steps are the ends of a stretch, scattered ones single events", () => {
  const long = line(
    Array.from({ length: 100 }, (_, at) => at),
    [],
  );
  assert.deepEqual(stretch([3, 9], long), [3, 9]);
  assert.deepEqual(stretch([3, 4, 5, 6], long), [3, 6]);
  assert.equal(stretch([3, 40, 90], long), null);
  assert.equal(stretch([3], long), null);
});

test("only positive curves that a linear axis would flatten ask for a logarithmic one", () => {
  assert.equal(steep([line([0, 1], [1e15, 1])]), true);
  assert.equal(steep([line([0, 1, 2, 3], [198, 2.4, 2.3, 2.3])]), true);
  assert.equal(steep([line([0, 1, 2, 3], [12, 3, 2, 1])]), false);
  assert.equal(steep([]), false);
  assert.equal(steep([line([0, 1, 2], [1e15, 1, 0])]), false);
});

test("the extent passes over what is not finite", () => {
  assert.deepEqual(extent([[1, null, NaN, Infinity], new Float32Array([-2])]), [-2, 1]);
});

test("a curve of the document is broken where it was not finite", () => {
  const drawn = drawnFrom(
    curve("a", null, [3, 1], {
      steps: [0, 9],
      nonfinite: [{ first: 2, last: 4, count: 3, value: "NaN" }],
    }),
  );
  assert.deepEqual(
    [drawn.steps, drawn.values],
    [
      [0, 2, 4, 9],
      [3, null, null, 1],
    ],
  );
});
