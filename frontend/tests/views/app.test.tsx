import { all, id, names, one, page, text } from "./stage";
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, refresh, search } from "../../src/actions";
import { news, status } from "../../src/state";
import { run, sick } from "../made";
import { click, opened, press, report, settled, telling } from "./opened";

const HOSTILE = '<img src=x onerror="alert(1)">/run';
const RUNS = [sick("sweep/lr=10"), run(HOSTILE), run("base")];

test("few runs begin with the worst one", async () => {
  await opened(report(RUNS));
  assert.deepEqual(names(), ["sweep/lr=10", HOSTILE, "base"]);
  assert.equal(text("h1"), "sweep/lr=10");
});

test("many runs begin with all of them", async () => {
  await opened(report(Array.from({ length: 11 }, (_, at) => sick(`run ${at}`))));
  assert.equal(text("h1"), "11 runs");
});

test("an address decides what is shown", async () => {
  await opened(report(RUNS), "#run=base&filter=b&only=healthy&smoothing=0.5");
  assert.equal(text("h1"), "base");
  assert.deepEqual(names(), [HOSTILE, "base"].slice(1));
  assert.equal(text(`${id("smoothing")} output`), "0.50");
});

test("every choice stands in the address, and going back undoes it", async () => {
  await opened(report(RUNS));
  const before = page.location.hash;
  await act_choose("base");
  assert.equal(page.location.hash, "#run=base");
  await click(id("severity-chip", "[data-severity=healthy]"));
  assert.equal(page.location.hash, "#run=base&only=healthy");
  page.location.hash = before;
  await settled();
  assert.equal(text("h1"), "sweep/lr=10");
  assert.equal(names().length, 3);
});

async function act_choose(name: string): Promise<void> {
  choose(name);
  await settled();
}

test("the filter, the signs and a finding narrow the list", async () => {
  await opened(report(RUNS));
  search("^base");
  await settled();
  assert.deepEqual(names(), ["base"]);
  search("");
  await click(id("severity-chip", "[data-severity=critical]"));
  assert.deepEqual(names(), ["sweep/lr=10"]);
});

test("j and k go through the runs, o to all of them, ? to the keys", async () => {
  await opened(report(RUNS));
  await press("j");
  await press("j");
  assert.equal(text("h1"), "base");
  await press("k");
  assert.equal(text("h1"), HOSTILE);
  await press("o");
  assert.equal(text("h1"), "3 runs");
  await press("?");
  assert.match(text("dialog[open]"), /next and previous run/);
});

test("a name is text, whatever stands in it", async () => {
  await opened(report(RUNS), `#run=${encodeURIComponent(HOSTILE)}`);
  assert.equal(text("h1"), HOSTILE);
  assert.equal(all("img").length, 0);
});

test("a run that is not there is said to be missing, beside the others", async () => {
  await opened(report(RUNS), "#run=gone");
  assert.match(text(id("state-error")), /There is no gone in this report/);
  assert.equal(names().length, 3);
});

test("empty, starting, broken and sampled each say what they are", async () => {
  await opened(telling(RUNS, { state: "empty", message: "No event files yet in logs." }));
  assert.match(text(id("state-empty")), /No event files yet in logs\./);
  await opened(telling(RUNS, { state: "starting", message: "Reading 3 of 9." }));
  assert.match(text(id("state-loading")), /Reading 3 of 9\./);
  await opened(telling(RUNS, { state: "error", message: "The settings are wrong." }));
  assert.match(text(id("state-error")), /The settings are wrong\./);
  await opened(telling(RUNS, { sampled: true }));
  assert.match(text(id("notice-sampled")), /Sampled data/);
});

test("while runs are unread, nothing claims to have seen them", async () => {
  await opened(telling(RUNS, { read: 602, folders: 1000 }));
  assert.match(text(id("notice-reading")), /602 of 1,000 read/);
  search("nothing like it");
  await settled();
  assert.match(text(id("run-list")), /No run that has been read matches; 398 are not read yet/);
});

test("a server that goes away leaves what was known, and says so", async () => {
  let gone = false;
  await opened({
    ...report(RUNS),
    state: async () => {
      if (gone) throw new Error("TensorBoard does not answer.");
      return report(RUNS).state();
    },
  });
  gone = true;
  await refresh();
  await settled();
  assert.match(
    text(".lost[role=alert]"),
    /TensorBoard does not answer\. What is shown may be out of date/,
  );
  assert.equal(all(id("card")).length, 2);
});

test("only what changed is asked for, and what is gone leaves the list", async () => {
  const asked: number[] = [];
  let answer = RUNS;
  await opened({
    ...report(RUNS),
    state: async () => ({ ...(await report(answer).state()), version: answer.length }),
    runs: async (since) => {
      asked.push(since);
      const { runs, ...list } = await report(answer).runs(0);
      return { ...list, version: answer.length, runs: since ? [] : runs };
    },
  });
  answer = RUNS.slice(1);
  await refresh();
  await settled();
  assert.deepEqual(asked, [0, 3]);
  assert.deepEqual(names(), [HOSTILE, "base"]);
  answer = [...RUNS, run("unheard of")];
  await refresh();
  await settled();
  assert.deepEqual(asked.slice(-2), [2, 0]);
  assert.equal(names().length, 4);
});

test("a finding since the last look is marked, and counted in the window's title", async () => {
  localStorage.setItem("tb-diagnose.look", String(Date.parse("2026-01-01T00:00:00Z")));
  const fresh = sick("other");
  const [first] = fresh.outcomes;
  if (first) first.detected_at = "2026-01-02T00:00:00Z";
  page.title = "Diagnose";
  await opened(report([run("seen"), fresh]), "#run=seen");
  assert.equal(news.value, 1);
  assert.equal(page.title, "(1) Diagnose");
  assert.match(text(id("run-item", "[data-run=other]")), /1 new/);
  await act_choose("other");
  assert.equal(page.title, "Diagnose");
  assert.match(text(`${id("card")} .badge.new`), /new/);
  assert.ok(status.value);
});

test("the list can be widened by keys, and says how wide it is", async () => {
  await opened(report(RUNS));
  const grip = one("[role=separator]");
  const before = Number(grip.getAttribute("aria-valuenow"));
  await press("ArrowRight", grip);
  assert.equal(Number(one("[role=separator]").getAttribute("aria-valuenow")), before + 16);
});
