import { all, id, one, page, press, settled, text } from "./stage";
import assert from "node:assert/strict";
import { test } from "node:test";
import { render } from "preact";
import { begin, choose, sift } from "../../src/actions";
import { inline } from "../../src/source/inline";
import type { Source } from "../../src/source/source";
import * as state from "../../src/state";
import { App } from "../../src/views/app";
import type { State } from "../../src/wire/routes";
import { carried, run, sick } from "../made";

const HOSTILE = '<img src=x onerror="alert(1)">/run';
const RUNS = [sick("sweep/lr=10"), run(HOSTILE), run("base")];
const report = inline(carried(RUNS));
const told = (more: Partial<State>): Source => ({
  ...report,
  state: async () => ({
    version: 1,
    state: "ready",
    message: "",
    sampled: false,
    runs: 0,
    ...more,
  }),
});

/** The page as it opens on a source, nothing left of the test before. */
async function opened(source: Source): Promise<void> {
  render(null, page.body);
  for (const each of [state.status, state.fleet, state.chosen, state.run, state.heat])
    each.value = null;
  Object.assign(state.missing, { value: "" });
  Object.assign(state.trouble, { value: "" });
  state.only.value = new Set();
  page.location.hash = "";
  render(<App />, page.body);
  await begin(source);
  sift("");
  await settled();
}

test("the worst run is shown, its cause first and what it led to under it", async () => {
  await opened(report);
  assert.deepEqual(
    all(id("run-item")).map((each) => each.dataset["run"]),
    ["sweep/lr=10", HOSTILE, "base"],
  );
  assert.match(
    text(id("headline")),
    /^Title of learning-rate-too-high\. 1 further finding\. It could have been stopped 1 m 25 s before its end\.$/,
  );
  assert.deepEqual(
    all(id("card")).map((each) => each.dataset["id"]),
    ["learning-rate-too-high", "initial-loss"],
  );
  one(id("consequence", "[data-id=no-learning]")).click();
  await settled();
  assert.equal(one(id("consequence")).getAttribute("aria-expanded"), "true");
});

test("a card tells the numbers, the change to make, and how it was judged", async () => {
  await opened(report);
  const card = one(id("card", "[data-id=learning-rate-too-high]"));
  assert.match(card.querySelector("dl")?.textContent ?? "", /Measured10Limit0\.01/);
  assert.equal(card.querySelector("del")?.textContent, "Adam(learning_rate=10)");
  assert.match(card.querySelector("ins")?.textContent ?? "", /^Adam\(learning_rate=1e-3\)$/);
  assert.match(
    card.querySelector(id("judged"))?.textContent ?? "",
    /found in 9 of 10.*Kingma and Ba 2015/,
  );
});

test("the ledger tells what was clear, and the line that would have the rest checked", async () => {
  await opened(report);
  assert.match(text(id("ledger")), /5 checks3 found · 1 clear · 1 not checkable/);
  assert.match(
    text(id("ledger-not-applicable")),
    /model\.fit\(…, validation_split=0\.2\).*no validation loss/,
  );
  assert.match(text(id("ledger-clear")), /Loss plateau/);
});

test("the filter and the signs narrow the list", async () => {
  await opened(report);
  sift("^base");
  await settled();
  assert.deepEqual(
    all(id("run-item")).map((each) => each.dataset["run"]),
    ["base"],
  );
  sift("");
  one(id("severity-chip", "[data-severity=critical]")).click();
  await settled();
  assert.deepEqual(
    all(id("run-item")).map((each) => each.dataset["run"]),
    ["sweep/lr=10"],
  );
});

test("j and k go through the runs, and the address remembers where one is", async () => {
  await opened(report);
  press("j");
  press("j");
  await settled();
  assert.equal(text("h1"), "base");
  assert.match(decodeURIComponent(page.location.hash), /p\.diagnose\.run=base/);
  press("k");
  await settled();
  assert.equal(text("h1"), HOSTILE);
});

test("a name is text, whatever stands in it", async () => {
  await opened(report);
  choose(HOSTILE);
  await settled();
  assert.equal(all("img").length, 0);
});

test("the heat map has a row for each layer, and a click draws its curve", async () => {
  await opened(report);
  assert.deepEqual(
    all(".heat-rows button").map((each) => each.textContent),
    ["kernel", "bias"],
  );
  all(".heat-rows button")[1]?.click();
  await settled();
  assert.match(text(id("layer-chart")), /bias/);
});

test("runs are compared in a table", async () => {
  await opened(report);
  one(".compare-link").click();
  await settled();
  assert.deepEqual(
    all(`${id("compare")} tbody th`).map((each) => each.textContent),
    ["sweep/lr=10", HOSTILE, "base"],
  );
});

test("a run that is not there is said to be missing, beside the others", async () => {
  await opened(report);
  choose("gone");
  await settled();
  assert.match(text(id("state-error")), /There is no gone in this report/);
  assert.equal(all(id("run-item")).length, 3);
});

test("empty, starting, broken and sampled each say what they are", async () => {
  await opened(told({ state: "empty", message: "No event files yet in logs." }));
  assert.match(text(id("state-empty")), /No event files yet in logs\./);
  await opened(told({ state: "starting", message: "Reading 3 of 9." }));
  assert.match(text(id("state-loading")), /Reading 3 of 9\./);
  await opened(told({ state: "error", message: "The settings are wrong." }));
  assert.match(text(id("state-error")), /The settings are wrong\./);
  await opened(told({ sampled: true }));
  assert.match(text(id("notice-sampled")), /Sampled data/);
});

test("a server that goes away leaves what was known, and says so", async () => {
  let gone = false;
  await opened({
    ...report,
    state: async () =>
      gone ? Promise.reject(new Error("TensorBoard does not answer.")) : report.state(),
  });
  gone = true;
  const { refresh } = await import("../../src/actions");
  await refresh();
  await settled();
  assert.match(
    text("[role=alert]"),
    /TensorBoard does not answer\. What is shown may be out of date/,
  );
  assert.equal(all(id("card")).length, 2);
});
