import assert from "node:assert/strict";
import { test } from "node:test";
import { pattern, sifted, tally } from "../../src/lib/filter";
import type { Item, Verdict } from "../../src/wire/routes";

const item = (name: string, verdict: Verdict): Item => ({
  name,
  verdict,
  headline: "",
  worst: null,
  counts: { critical: 0, warning: 0, info: 0 },
  spark: [],
  framework: "",
  changed: 1,
});
const ITEMS = [
  item("sweep/lr=1", "critical"),
  item("sweep/lr=0.1", "warning"),
  item("base", "healthy"),
];
const names = (items: Item[]) => items.map((each) => each.name);

test("a regular expression chooses, whatever the case", () => {
  assert.deepEqual(names(sifted(ITEMS, "^SWEEP/.*1$", new Set())), ["sweep/lr=1", "sweep/lr=0.1"]);
});

test("what is no regular expression is plain text, and said to be", () => {
  assert.equal(pattern("lr=(").wrong, true);
  assert.equal(pattern("lr=(").matches("a lr=( b"), true);
  assert.deepEqual(names(sifted(ITEMS, "(", new Set())), []);
});

test("verdicts narrow the list; none means all", () => {
  assert.deepEqual(names(sifted(ITEMS, "", new Set(["healthy", "critical"]))), [
    "sweep/lr=1",
    "base",
  ]);
  assert.equal(sifted(ITEMS, "", new Set()).length, 3);
});

test("only verdicts that occur are counted, worst first", () => {
  assert.deepEqual(tally([...ITEMS, item("x", "unreadable")]), [
    ["critical", 1],
    ["unreadable", 1],
    ["warning", 1],
    ["healthy", 1],
  ]);
});
