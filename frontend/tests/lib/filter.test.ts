import assert from "node:assert/strict";
import { test } from "node:test";
import { type Filter, filtered, pattern, tally } from "../../src/lib/filter";
import { item } from "../made";

const found = (id: string) => ({
  id,
  severity: "critical" as const,
  caused_by: null,
  detected_at: null,
});
const ITEMS = [
  item("sweep/lr=1", { verdict: "critical", findings: [found("no-learning")] }),
  item("sweep/lr=0.1", { verdict: "warning" }),
  item("base"),
];
const names = (wish: Partial<Filter>) =>
  filtered(ITEMS, { text: "", only: new Set(), finding: "", ...wish }).map(({ name }) => name);

test("a regular expression chooses, whatever the case", () => {
  assert.deepEqual(names({ text: "^SWEEP/.*1$" }), ["sweep/lr=1", "sweep/lr=0.1"]);
});

test("what is no regular expression is plain text, and said to be", () => {
  assert.equal(pattern("lr=(").wrong, true);
  assert.equal(pattern("lr=(").matches("a lr=( b"), true);
  assert.deepEqual(names({ text: "(" }), []);
});

test("verdicts and a finding narrow the list; none means all", () => {
  assert.deepEqual(names({ only: new Set(["healthy", "critical"]) }), ["sweep/lr=1", "base"]);
  assert.deepEqual(names({ finding: "no-learning" }), ["sweep/lr=1"]);
  assert.equal(names({}).length, 3);
});

test("only verdicts that occur are counted, worst first", () => {
  assert.deepEqual(tally([...ITEMS, item("x", { verdict: "unreadable" })]), [
    ["critical", 1],
    ["unreadable", 1],
    ["warning", 1],
    ["healthy", 1],
  ]);
});
