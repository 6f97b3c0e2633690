import assert from "node:assert/strict";
import { test } from "node:test";
import { common, tail } from "../../src/lib/common";
import { isNew } from "../../src/lib/news";
import { differing, findingRows, groups, healthyTwin, worstOf } from "../../src/lib/overview";
import type { ListedFinding, Severity } from "../../src/wire/types";
import { item } from "../made";

const found = (
  id: string,
  severity: Severity = "warning",
  caused_by: string | null = null,
): ListedFinding => ({
  id,
  severity,
  caused_by,
  detected_at: "2026-01-02T00:00:00.000Z",
});

test("findings are counted by the runs in which they stand for themselves, worst first", () => {
  const rows = findingRows([
    item("a", { findings: [found("x", "critical"), found("y", "warning", "x")] }),
    item("b", { findings: [found("y")] }),
    item("c", { findings: [found("y")] }),
  ]);
  assert.deepEqual(
    rows.map(({ id, runs, following }) => [id, runs.map(({ name }) => name), following]),
    [
      ["x", ["a"], 0],
      ["y", ["b", "c"], 1],
    ],
  );
});

test("runs are grouped by their worst finding, healthy ones by being so", () => {
  const items = [item("a", { findings: [found("x"), found("y")] }), item("b"), item("c")];
  assert.deepEqual(
    groups(items).map(([name, group]) => [name, group.length]),
    [
      ["x", 1],
      ["healthy", 2],
    ],
  );
});

test("the worst finding is the most severe, wherever it stands", () => {
  const sick = item("a", {
    findings: [found("x"), found("y", "critical", "x"), found("z", "critical")],
  });
  assert.equal(worstOf(sick)?.id, "y");
  assert.equal(worstOf(item("b")), undefined);
});

test("hyper-parameters that differ are told, and the healthy run that differs least", () => {
  const sick = item("s/lr=1", { verdict: "critical", parameters: { lr: 1, a: "x", b: 2, c: 3 } });
  const items = [
    sick,
    item("s/lr=0.1", { parameters: { lr: 0.1, a: "x", b: 2, c: 3 } }),
    item("other", { parameters: { lr: 1, a: "y", b: 7, c: 8 } }),
  ];
  assert.deepEqual(differing(items.slice(0, 2)), ["lr"]);
  assert.equal(healthyTwin(sick, items)?.item.name, "s/lr=0.1");
  assert.equal(healthyTwin(sick, [sick]), null);
});

test("what sick runs have in common is told with its threshold, and chance is not", () => {
  const items = Array.from({ length: 40 }, (_, at) =>
    item(`sweep/${at}`, {
      verdict: at % 4 === 0 ? "critical" : "healthy",
      parameters: { lr: at % 4 === 0 ? 1 : 0.001, seed: at },
    }),
  );
  const shared = common(items, ({ verdict }) => verdict === "critical");
  assert.deepEqual(
    shared.map(({ label, inside, size, outside }) => [label, inside, size, outside]),
    [["lr ≥ 1", 10, 10, 0]],
  );
  assert.deepEqual(
    common(items, ({ parameters }) => Number(parameters["seed"]) % 7 === 3),
    [],
  );
});

test("the exact test of Fisher", () => {
  assert.equal(tail(3, 3, 3, 6).toFixed(6), "0.050000");
  assert.equal(tail(0, 3, 3, 6).toFixed(6), "1.000000");
  assert.ok(Math.abs(tail(50, 100, 500, 1000) - 0.5419) < 1e-3);
});

test("a finding is new until somebody has seen the page, or its run, since", () => {
  const at = Date.parse("2026-01-02T00:00:00Z");
  const runs = new Map<string, number>();
  assert.equal(isNew(found("x"), "a", { page: at - 1, runs }), true);
  assert.equal(isNew(found("x"), "a", { page: at + 1, runs }), false);
  assert.equal(isNew(found("x"), "a", { page: 0, runs: new Map([["a", at + 1]]) }), false);
});
