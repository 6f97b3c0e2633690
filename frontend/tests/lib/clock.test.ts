import assert from "node:assert/strict";
import { test } from "node:test";
import { momentAt, scaleOf, stepAt } from "../../src/lib/clock";
import type { Clock } from "../../src/wire/types";

const STEPS: Clock = [
  [0, 1000],
  [100, 1100],
  [200, 1300],
];
const EPOCHS: Clock = [
  [0, 1000],
  [3, 1300],
];

test("moments and steps are found from one another, and beyond the ends", () => {
  assert.equal(momentAt(STEPS, 50), 1050);
  assert.equal(momentAt(STEPS, 150), 1200);
  assert.equal(stepAt(STEPS, 1200), 150);
  assert.equal(momentAt(STEPS, 250), 1400);
  assert.equal(momentAt([], 1), null);
  assert.equal(
    stepAt(
      [
        [0, 5],
        [9, 5],
      ],
      5,
    ),
    null,
  );
});

test("an axis counts what was logged, epochs, or time", () => {
  const curve = { clock: STEPS, counted_in: "steps" };
  const [step, epoch, time] = (["step", "epoch", "time"] as const).map((axis) =>
    scaleOf(axis, curve, EPOCHS, 1000),
  );
  assert.deepEqual([step?.unit, epoch?.unit, time?.unit], ["step", "epoch", "time"]);
  assert.deepEqual(
    [step, epoch, time].map((scale) => scale?.position(150)),
    [150, 2, 200],
  );
  for (const scale of [step, epoch, time])
    assert.equal(
      scale?.x(scale.seconds(scale.position(120) ?? 0) ?? 0)?.toFixed(6),
      scale?.position(120)?.toFixed(6),
    );
});

test("what the log does not tell is shown as logged", () => {
  const curve = { clock: [], counted_in: "epochs" };
  assert.equal(scaleOf("time", curve, [], 0).unit, "epoch");
  assert.equal(scaleOf("epoch", { ...curve, counted_in: "steps" }, EPOCHS, 0).unit, "step");
});
