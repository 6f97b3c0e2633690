import { all, id, one, page, text } from "./stage";
import { act, fireEvent } from "@testing-library/preact";
import assert from "node:assert/strict";
import { test } from "node:test";
import { evidence, outcome, run, sick } from "../made";
import { click, opened, report } from "./opened";

test("the headline is the finding, then the change as a diff, then what could have been saved", async () => {
  await opened(report([{ ...sick("a"), outcomes: sick("a").outcomes }]));
  const head = text(".page-head");
  assert.match(head, /The learning rate is too high: it reached 3\.46e15\..*1 further finding/);
  assert.match(head, /It could have been stopped 1 m 25 s before its end/);
  assert.equal(one(".page-head del").textContent, "Adam(learning_rate=10)");
  assert.match(one(".page-head ins").textContent, /^Adam\(learning_rate=1e-3\)$/);
});

test("a harmless finding is no reason to have stopped", async () => {
  const harmless = outcome("loss-plateau", { verdict: "found", seconds_after_detection: 999 });
  await opened(report([run("a", { verdict: "warning", outcomes: [harmless] })]));
  assert.doesNotMatch(text(".page-head"), /stopped/);
});

test("causes stand before the evidence, with their odds and what speaks for them", async () => {
  const cause = {
    id: "learning-rate",
    title: "Learning rate too high",
    probability: 0.72,
    evidence_for: ["SGD at 0.5"],
    evidence_against: ["the loss fell at first"],
    change: "SGD(0.5) → SGD(0.01)",
    findings: ["no-learning"],
  };
  await opened(report([{ ...sick("a"), causes: [cause] }]));
  assert.match(text(id("causes")), /Learning rate too high.*72%.*SGD at 0\.5.*fell at first/);
  assert.equal(one(".page-head ins").textContent, "SGD(0.01)");
});

test("findings stand under their cause, and open there", async () => {
  await opened(report([sick("a")]));
  assert.deepEqual(
    all(id("card")).map((card) => card.dataset["id"]),
    ["learning-rate-too-high", "initial-loss"],
  );
  await click(id("consequence", "[data-id=no-learning]"));
  assert.equal(one(id("consequence")).getAttribute("aria-expanded"), "true");
});

test("what is worse than its cause is open from the beginning", async () => {
  const mild = outcome("x", { verdict: "found", severity: "info" });
  const grave = outcome("y", { verdict: "found", severity: "critical", caused_by: "x" });
  await opened(report([run("a", { verdict: "critical", outcomes: [mild, grave] })]));
  assert.equal(one(id("consequence")).getAttribute("aria-expanded"), "true");
});

test("a card tells the comparison, how it was evidenceCharts, and how to silence it", async () => {
  await opened(report([sick("a")]));
  const card = one(id("card", "[data-id=learning-rate-too-high]"));
  assert.match(
    card.querySelector(id("comparison"))?.textContent ?? "",
    /Measured 10 learning rate, alarm above 0\.01/,
  );
  assert.match(
    card.querySelector(id("judged"))?.textContent ?? "",
    /found in 9 of 10.*Judged by the setup\..*Kingma and Ba 2015.*ignore\.learning-rate-too-high = ""/,
  );
});

test("all findings stand on one line of time, and lead to their cards", async () => {
  await opened(report([sick("a")]));
  const rows = all(`${id("timeline")} li`);
  assert.deepEqual(
    rows.map((row) => row.textContent),
    ["Learning rate too high", "No learning", "Initial loss"],
  );
  await click(`${id("timeline")} li:nth-child(2) button`);
  assert.equal(page.activeElement?.id, "card-learning-rate-too-high");
});

test("the ledger parts what was not logged from what does not apply", async () => {
  await opened(report([sick("a")]));
  assert.match(text(id("ledger")), /6 checks3 found · 1 clear · 1 not logged · 1 not applicable/);
  assert.match(
    text(id("ledger-not-logged")),
    /model\.fit\(…, validation_split=0\.2\).*no validation loss/,
  );
  assert.match(text(id("ledger")), /Mode collapse.*this is no GAN/);
});

test("the heat map has a row for each layer, and a click draws its curve", async () => {
  await opened(report([sick("a")]));
  assert.deepEqual(
    all(".heat-rows button").map((row) => row.textContent),
    ["kernel", "bias"],
  );
  await click(".heat-rows li:nth-child(2) button");
  assert.match(text(id("layer-chart")), /bias/);
});

test("a run that goes on says so, and when its last point came", async () => {
  const going = run("a", {
    state: "running",
    last_event: new Date(Date.now() - 4000).toISOString(),
  });
  await opened({ ...report([going]), live: true });
  assert.match(text(".run-state"), /^Running · last point \d\.\d s ago$/);
  await opened(report([going])); // a report does not know what time it is read
  assert.equal(text(".run-state"), "Running");
});

test("evidence that says the same as the headline says it once", async () => {
  const found = outcome("x", { verdict: "found", evidence: [evidence({ message: "It broke." })] });
  await opened(report([run("a", { headline: "Broken: It broke.", outcomes: [found] })]));
  assert.equal(all(`${id("card")} .message`).length, 0);
});

test("the line that ignores a finding keeps the reason that is typed", async () => {
  await opened(report([sick("a")]));
  const card = `${id("card", "[data-id=learning-rate-too-high]")} ${id("suppression")}`;
  const reason = one(`${card} input`) as HTMLInputElement;
  await act(() => void fireEvent.input(reason, { target: { value: 'a "sweep"' } }));
  assert.equal(text(`${card} pre code`), 'ignore.learning-rate-too-high = "a \\"sweep\\""');
});

test("what the settings ignore is told with its reason", async () => {
  const source = report([run("a")]);
  await opened({
    ...source,
    catalog: async () => {
      const [article] = Object.values(await source.catalog());
      assert.ok(article);
      return { "dead-relu": { ...article, ignored: "sparse by design" }, overfitting: article };
    },
  });
  assert.match(text(id("ignored")), /settings 1.*Dead ReLU sparse by design/);
});

test("a change of code in a sentence is told apart from the words around it", async () => {
  const found = outcome("x", {
    verdict: "found",
    evidence: [evidence({ suggestion: "Go back and lr=0.1 → lr=0.01, and clip." })],
  });
  await opened(report([run("a", { headline: "It broke.", outcomes: [found] })]));
  assert.equal(one(".page-head ins").textContent, "lr=0.01");
  assert.deepEqual(
    all(".page-head .suggestion p").map((part) => part.textContent),
    ["Go back and", "and clip."],
  );
});
