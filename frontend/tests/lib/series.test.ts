import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dataOf,
  extent,
  type Line,
  pointsAt,
  steep,
  nearest,
  stretch,
  summed,
  table,
} from "../../src/lib/series";
import { curve } from "../made";

const line = (x: number[], values: (number | null)[], full = x.length): Line => ({
  name: "a",
  x,
  values,
  full,
  nonfinite: [],
  color: "#000",
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

test("a mark stands at its own point and at no other", () => {
  const whole = line([0, 10, 20], [1, 2, NaN]);
  assert.deepEqual(pointsAt(whole, [10, 12, 20]), [{ x: 10, y: 2 }]);
});

test("of a curve that was thinned out, a mark takes the neighbor but none far away", () => {
  const thinned = line([0, 1, 2, 3, 90], [5, 6, 7, 8, 9], 91);
  assert.deepEqual(pointsAt(thinned, [4]), [{ x: 3, y: 8 }]);
  assert.deepEqual(pointsAt(line([0, 1, 2, 3], [5, 6, 7, 8], 100), [50]), []);
});

test("the nearest of rising numbers", () => {
  assert.deepEqual(
    [-5, 4, 6, 99].map((wanted) => nearest([0, 5, 10], wanted)),
    [0, 1, 1, 2],
  );
  assert.equal(nearest([], 1), -1);
});

test("a sum stands where all of its parts do", () => {
  const part = (steps: number[], values: (number | null)[]) => ({
    ...{ steps, values, full: steps.length },
    nonfinite: [],
    clock: [],
  });
  const sum = summed([part([0, 1, 2], [1, 2, 3]), part([0, 2], [10, null])]);
  assert.deepEqual(
    [sum.steps, sum.values],
    [
      [0, 2],
      [11, null],
    ],
  );
});

test("two steps are the ends of a stretch, scattered ones single events", () => {
  const long = Array.from({ length: 100 }, (_, at) => at);
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
  const drawn = dataOf(
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
