import assert from "node:assert/strict";
import { test } from "node:test";
import { gauge, phrases } from "../../src/lib/measure";
import type { Measure } from "../../src/wire/types";

const comparison = (more: Partial<Measure>): Measure => ({
  name: "limit",
  value: 13.4962,
  operator: ">",
  limit: 3,
  unit: "times ln K",
  ...more,
});

test("a comparison is a sentence", () => {
  const words = (more: Partial<Measure>) => Object.values(phrases(comparison(more))).join(", ");
  assert.equal(words({}), "13.5 × ln K, alarm above 3");
  assert.equal(words({ operator: "<=", unit: "" }), "13.5, alarm at 3 or less");
  assert.equal(
    words({ operator: ">=", value: "Infinity", unit: "steps" }),
    "∞ steps, alarm at 3 or more",
  );
});

test("the alarm lies on the operator's side of the limit, and the value in it", () => {
  for (const [value, limit, operator] of [
    [13.5, 3, ">"],
    [0.3, 0.4, "<"],
    [-5, -2, "<="],
    [3e15, 3, ">="],
    [1e-9, 0.5, "<"],
  ] as const) {
    const at = gauge(comparison({ value, limit, operator }));
    assert.ok(at);
    assert.ok(at.from <= at.value && at.value <= at.to, `${value} ${operator} ${limit}`);
    assert.ok(0 <= at.value && at.value <= 1 && 0 <= at.limit && at.limit <= 1);
  }
  assert.equal(gauge(comparison({ value: "NaN" })), null);
});
