import { all, id, names, one, text } from "./stage";
import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome, run, sick } from "../made";
import { click, opened, report } from "./opened";

const RUNS = [
  ...Array.from({ length: 6 }, (_, at) => sick(`bad/${at}`)),
  ...Array.from({ length: 9 }, (_, at) => run(`good/${at}`)),
];

test("findings stand with their counts, and a click shows the runs", async () => {
  await opened(report(RUNS));
  const rows = all(`${id("findings")} tbody tr`).map((row) => row.textContent);
  assert.match(rows[0] ?? "", /Learning rate too high.*critical6bad\/0/);
  await click(id("finding-filter", "[data-id=learning-rate-too-high]"));
  assert.equal(names().length, 6);
  assert.match(text(id("finding-chip")), /Learning rate too high/);
  await click(id("finding-chip"));
  assert.equal(names().length, 15);
});

test("what sick runs have in common is told", async () => {
  await opened(report(RUNS));
  assert.match(text(id("common")), /learning_rate ≥ 106 of 6 with it, 0 of 9 without/);
});

test("runs are compared in a table that can be sorted, and respects what is picked", async () => {
  await opened(report(RUNS));
  await click(".compare-link");
  const rows = () => all(`${id("compare")} tbody th`).map((cell) => cell.textContent);
  assert.equal(rows().length, 15);
  assert.ok(all("thead .sorter").some((head) => head.textContent === "learning_rate"));
  const sorter = all("thead .sorter").findIndex((head) => head.textContent === "learning_rate");
  all("thead .sorter")[sorter]?.click();
  await click(".page");
  assert.equal(rows()[0], "good/0");
  await click(`${id("compare")} tbody tr:nth-child(1) input`);
  await click(`${id("compare")} .page-top`);
  assert.deepEqual(rows(), ["good/0"]);
  assert.equal(text("h1"), "1 run compared");
});

test("a sick run proposes its healthy twin", async () => {
  const twin = (name: string, sickly: boolean) => ({ ...(sickly ? sick(name) : run(name)) });
  await opened(report([twin("a", true), twin("b", false)]));
  assert.equal(all(id("twin")).length, 0); // half of what is known of them differs
  assert.equal(one("h1").textContent, "a");
});

test("the heading of a group of the wall shows only its runs", async () => {
  await opened(report(RUNS));
  const healthy = all(`${id("wall")} h3 button`).at(-1);
  assert.match(healthy?.textContent ?? "", /Healthy/);
  healthy?.click();
  await click(`${id("overview")} h1`);
  assert.equal(names().length, 9);
});

test("many findings are folded, what could not be read is told", async () => {
  const ids = Array.from({ length: 20 }, (_, at) => `finding-${at}`);
  const found = ids.map((name) => outcome(name, { verdict: "found" }));
  const source = report([run("a", { verdict: "warning", outcomes: found }), ...RUNS]);
  await opened({
    ...source,
    runs: async (since) => ({
      ...(await source.runs(since)),
      problems: [{ path: "x", message: "x is a git-lfs pointer; run git lfs pull." }],
    }),
  });
  const rows = () => all(`${id("findings")} tbody tr`).length;
  assert.equal(rows(), 12);
  await click(`${id("overview")} .more`);
  assert.equal(rows(), 22);
  assert.match(text(id("notice-problems")), /1 path not read\..*git lfs pull/);
});
